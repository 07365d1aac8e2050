import type { CustomAttribute } from '../domain/attributes';
import type { ColumnName } from './columns';

export type CellName = ColumnName | CustomAttribute;

/** What a line says, as text. Absent or empty: silent. Null: the source cleared it. */
export type Cells = Partial<Record<CellName, string | null>>;
