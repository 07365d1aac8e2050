import type { ImportRowView } from '../../../management/import-row-view';
import { COLUMN_NAMES } from '../../../sources/columns';
import type { CellName } from '../../../sources/cells';
import type { PortalContext } from '../frame-model';
import { outcomeOf } from './imports-outcome';
import type { RowPlace } from './imports-row-field';
import { rowsUrl } from './imports-url';
import { problemInWords } from './imports-words';
import { fieldInWords } from './people-words';

export interface ImportRowModel extends RowPlace {
  row: ImportRowView;
}

/** A row with every field that a file can say something in. */
export function importRowView(model: ImportRowModel, context: PortalContext): object {
  const { row, url, shown, mayChange } = model;
  const { t } = context;
  const names = [...new Set([...COLUMN_NAMES, ...(Object.keys(row.values) as CellName[])])];
  const backUrl = `${rowsUrl(url, shown)}#row-${row.line}`;
  const ofLine = row.problems.filter(({ field }) => field === 'line');
  return {
    title: t('portal.imports.lineOf', { line: row.line }),
    crumbs: [{ label: t('portal.imports.look'), url: backUrl }],
    action: `${url}/rows/${row.line}`,
    ...{ hidden: { ...shown }, backUrl, mayChange, leftOut: row.leftOut },
    will: outcomeOf({ ...row, problems: [] }, model, context),
    problems: ofLine.map((problem) => problemInWords(problem, t)),
    fields: names.map((name) => {
      const problem = row.problems.find(({ field }) => field === name);
      return {
        ...{ name: `cell.${name}`, id: name, label: fieldInWords(name, t), value: row.values[name] ?? '' },
        ...(problem && { error: problemInWords(problem, t) }),
      };
    }),
  };
}
