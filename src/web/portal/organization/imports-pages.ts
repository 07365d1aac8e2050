import type { ImportColumnsModel } from './imports-columns-view';
import type { ImportsModel } from './imports-list-view';
import type { NewImportModel } from './imports-new-view';
import type { ImportModel, ProgressModel } from './imports-progress-view';
import type { ResultsModel } from './imports-results-view';
import type { ImportRowModel } from './imports-row-page-view';
import type { StagingModel } from './imports-staging-model';

export interface ImportPages {
  'portal/imports': ImportsModel;
  'portal/import-new': NewImportModel;
  'portal/import-staging': StagingModel;
  'portal/import-row': ImportRowModel;
  'portal/import-columns': ImportColumnsModel;
  'portal/import-progress': ProgressModel;
  'portal/import-failed': ImportModel;
  'portal/import-results': ResultsModel;
}
