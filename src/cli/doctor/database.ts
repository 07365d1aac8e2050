import { OLDEST_POSTGRES, readServer } from '../../resources';
import { pendingMigrations } from '../../storage/data-source';
import { findings, type Finding } from './finding';
import type { Check, DatabaseSubject } from './subject';

/** Version and encoding. */
export const checkServer: Check<DatabaseSubject> = async ({ db, config }) => {
  const { version, encoding } = await readServer(db);
  return [versionFinding(version, config.databaseUrl !== undefined), encodingFinding(encoding)];
};

function versionFinding(version: number, isOwn: boolean): Finding {
  const say = findings('database');
  if (version < OLDEST_POSTGRES)
    return say.problem(`Postgres ${version}`, `Upgrade it: ${OLDEST_POSTGRES} or newer is needed.`);
  return say.ok(`Postgres ${version}, ${isOwn ? 'by DATABASE_URL' : 'embedded'}`);
}

function encodingFinding(encoding: string): Finding {
  const say = findings('encoding');
  if (encoding === 'UTF8') return say.ok('UTF8');
  return say.problem(
    `The database is encoded as ${encoding}`,
    `Make another and restore into it: CREATE DATABASE drawbridge ENCODING 'UTF8' TEMPLATE template0`,
  );
}

export const checkMigrations: Check<DatabaseSubject> = async ({ db, config }) => {
  const say = findings('migrations');
  if (!(await pendingMigrations(db))) return [say.ok('up to date')];
  if (config.migrations === 'off')
    return [say.problem('The database is not up to date', 'Run: npx drawbridge migrate')];
  return [say.warning('The database is not up to date', 'Restart the service, or run: npx drawbridge migrate')];
};

const MOST_SECONDS = 5;

/** SAML and OpenID Connect compare clocks; several machines have to agree. */
export const checkClock: Check<DatabaseSubject> = async ({ db }) => {
  const say = findings('clock');
  const before = Date.now();
  const [row] = await db.query<{ now: number }[]>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
  );
  const apart = Math.abs((row?.now ?? 0) - (before + Date.now()) / 2) / 1000;
  if (apart <= MOST_SECONDS) return [say.ok(`within ${apart.toFixed(1)} s of the database's`)];
  return [
    say.problem(
      `The clock of this machine and the database's are ${apart.toFixed(0)} s apart`,
      'Let NTP set both; sign-ins fail otherwise.',
    ),
  ];
};
