import { isStandardAttribute, type Attribute, type AttributeValues } from '../domain/attributes';
import type { UserType } from '../domain/policy';
import type { CellName, Cells } from './cells';
import { COLUMNS, type ColumnName, type RowProblem } from './columns';
import { defaultDisplayName } from './form';
import { oneLine, type Read } from './read-cell';

/** What a person is to have, with groups, profile and licence by the names that the source uses. */
export interface NamedAccess {
  groups?: readonly string[];
  permissionProfile?: string | null;
  licence?: string | null;
  userType?: UserType;
  username?: string;
  accessUntil?: string | null;
  adminManaged?: boolean;
}

/** A line as it was understood, and every cell that was not. */
export interface ReadPerson {
  attributes: AttributeValues;
  access: NamedAccess;
  problems: readonly RowProblem[];
}

const MOST_CELLS = 100;

/** Understands a line. Whoever has a given and a family name and no full name is called by the two. */
export function readPerson(cells: Cells, required: readonly ColumnName[] = []): ReadPerson {
  const attributes: AttributeValues = {};
  const access: Record<string, unknown> = {};
  const problems: RowProblem[] = [];
  for (const [name, said] of Object.entries(cells).slice(0, MOST_CELLS) as [CellName, string | null][]) {
    const read = readCell(name, said);
    if (read === undefined) continue;
    if (!('value' in read)) problems.push({ field: name, ...read });
    else if (isAttributeCell(name)) attributes[name] = read.value as string | null;
    else access[name] = read.value;
  }
  const { givenName, familyName } = attributes;
  if (cells.displayName === undefined || cells.displayName === '') {
    const name = defaultDisplayName(givenName, familyName);
    if (name) attributes.displayName = name;
  }
  const isThere = (name: ColumnName) => cells[name] || (isStandardAttribute(name) && attributes[name]);
  for (const field of required.filter((name) => !isThere(name)))
    problems.push({ field, code: 'required', message: 'This field is required.' });
  return { attributes, access, problems };
}

const isAttributeCell = (name: CellName): name is Attribute & CellName =>
  name.startsWith('attributes.') || isStandardAttribute(name);

function readCell(name: CellName, said: string | null): Read<unknown> | undefined {
  if (said === null) return { value: name === 'groups' ? [] : null };
  const text = said.trim();
  if (!text) return undefined;
  return isColumn(name) ? COLUMNS[name].read(text) : oneLine(256)(text);
}

const isColumn = (name: CellName): name is ColumnName => Object.hasOwn(COLUMNS, name);
