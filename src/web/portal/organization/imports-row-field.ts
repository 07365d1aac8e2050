import { USER_TYPES } from '../../../domain/policy';
import type { ImportRowView } from '../../../management/import-row-view';
import type { CellName } from '../../../sources/cells';
import type { PortalContext } from '../frame-model';
import type { RowsShown } from './imports-url';
import { problemInWords } from './imports-words';
import { fieldInWords } from './people-words';

/** Cells that have a column of their own on the staging page. */
export const SHOWN_CELLS = ['displayName', 'email', 'userType', 'site'] as const satisfies readonly CellName[];

/** Where a row is, and how the page around it is looked at. */
export interface RowPlace {
  /** Of the import. */
  url: string;
  shown: RowsShown;
  /** The line that is edited in place. */
  edit: number | null;
  mayChange: boolean;
}

/** Id of a row's form: its cells stand elsewhere in the table. */
export const formOf = (line: number): string => `form-${line}`;

/** One cell to type into, with what is wrong with it. */
export function fieldOf({ line, values, problems }: ImportRowView, field: string, { t }: PortalContext): object {
  const value = values[field as CellName] ?? '';
  const problem = problems.find((one) => one.field === field);
  const caption = fieldInWords(field, t);
  return {
    ...{ id: `${field.replaceAll('.', '-')}-${line}`, name: `cell.${field}`, form: formOf(line), value, caption },
    label: t('portal.imports.fieldOfLine', { field: caption, line }),
    ...(problem && { reason: problemInWords(problem, t) }),
    ...(field === 'userType' && { options: userTypes(value, t) }),
  };
}

/** The two kinds of users, what stands there when it is neither, and nothing: the default. */
function userTypes(value: string, t: PortalContext['t']): object[] {
  const isOther = value !== '' && !(USER_TYPES as readonly string[]).includes(value);
  return [
    ...(isOther ? [{ value, label: value }] : []),
    { value: '', label: t('portal.imports.byDefault') },
    ...USER_TYPES.map((type) => ({ value: type, label: t(`portal.users.userType.${type}`) })),
  ];
}
