/** For the TypeORM CLI only: `tsx node_modules/typeorm/cli.js migration:show -d ormconfig.ts`. */
import { readConfig } from './src/config';
import { createDataSource } from './src/storage/data-source';

export default createDataSource(readConfig().databaseUrl ?? '');
