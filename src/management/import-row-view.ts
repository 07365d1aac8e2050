import type { Attribute } from '../domain/attributes';
import { ownerOf } from '../domain/effective';
import type { SourceKind } from '../domain/policy';
import type { RowOutcome, RowResult } from '../domain/run';
import type { Cells } from '../sources/cells';
import type { RowProblem } from '../sources/columns';
import { readPerson } from '../sources/person';
import { findContacts, statementsByContact, type ContactLine } from '../storage/contacts';
import { listDirectory } from '../storage/directory';
import { findResults } from '../storage/run-results';
import { otherRunsNaming } from '../storage/run-people';
import type { ForeseenChange, StagedLine } from '../storage/run-rows';
import type { RunLine } from '../storage/runs';
import type { Statement } from '../domain/account';
import type { Island } from './island';

/** A value that the row says and that does not come to count, because another source owns the field. */
export interface KeptField {
  field: Attribute;
  value: string | null;
  owner: SourceKind | null;
}

/** A row of an import with everything that is to be known before, and after, it is saved. */
export interface ImportRowView {
  line: number;
  outcome: RowOutcome;
  leftOut: boolean;
  edited: boolean;
  values: Cells;
  problems: readonly RowProblem[];
  changes: readonly ForeseenChange[];
  newGroups: readonly string[];
  unknownGroups: readonly string[];
  /** The person waits in New users until these are there. */
  needs: readonly string[];
  kept: readonly KeptField[];
  /** Another import, not saved yet, that names the same address. */
  alsoIn: { importId: string; name: string; line: number } | null;
  /** The person as known today; null: nobody. */
  contactId: string | null;
  result: {
    result: RowResult;
    code: string | null;
    accountId: string | null;
    undone: 'undone' | 'kept' | null;
    undoCode: string | null;
  } | null;
}

/** Rows as they are shown; names for ids, and what another source keeps. */
export async function importRowViews(
  { tx, organization, policy }: Island,
  run: RunLine,
  lines: readonly StagedLine[],
): Promise<ImportRowView[]> {
  const ids = lines.flatMap(({ contactId }) => contactId ?? []);
  const contacts = new Map((await findContacts(tx, organization.id, ids)).map((contact) => [contact.id, contact]));
  const statements = await statementsByContact(tx, organization.id, ids);
  const isOpen = run.state === 'staged';
  const others = isOpen
    ? await otherRunsNaming(
        tx,
        run,
        lines.flatMap(({ email }) => email ?? []),
      )
    : [];
  const alsoIn = new Map(others.map(({ email, runId, ...where }) => [email, { importId: runId, ...where }]));
  const numbers = lines.map(({ line }) => line);
  const results = new Map((await findResults(tx, run, numbers)).map(({ line, ...result }) => [line, result]));
  const named = await directoryNames(tx, organization.id);
  return lines.map((row) => {
    const { line, outcome, leftOut, edited, cells, problems, foreseen, contactId, email } = row;
    const result = results.get(line);
    const contact = contacts.get(contactId ?? '');
    const said = statements.get(contactId ?? '') ?? [];
    return {
      ...{ line, outcome, leftOut, edited, contactId, values: cells, problems: problems ?? [] },
      changes: (foreseen?.changes ?? []).map((change) => withNames(change, named)),
      newGroups: foreseen?.newGroups ?? [],
      unknownGroups: foreseen?.unknownGroups ?? [],
      needs: foreseen?.needs ?? [],
      kept: isOpen && contact ? keptFields(row, contact, (field) => ownerOf(said, policy, field)) : [],
      alsoIn: alsoIn.get(email ?? '') ?? null,
      result: result
        ? {
            ...{ result: result.result, code: result.code, accountId: result.accountId },
            ...{ undone: result.undone, undoCode: result.undoCode },
          }
        : null,
    };
  });
}

function keptFields(
  { cells, foreseen, presence, outcome }: StagedLine,
  contact: ContactLine,
  ownerIn: (field: Attribute) => Statement | undefined,
): KeptField[] {
  if (presence !== 'present' || outcome === 'problem') return [];
  const changed = new Set(foreseen?.changes.map(({ field }) => field));
  const said = Object.entries(readPerson(cells).attributes) as [Attribute, string | null][];
  return said
    .filter(([field, value]) => !changed.has(field) && (contact.attributes[field] ?? null) !== value)
    .map(([field, value]) => ({ field, value, owner: ownerIn(field)?.sourceKind ?? null }));
}

async function directoryNames(tx: Island['tx'], organizationId: string): Promise<ReadonlyMap<string, string>> {
  const kinds = ['groups', 'permission_profiles', 'licences'] as const;
  const names = new Map<string, string>();
  for (const kind of kinds)
    for (const { id, name } of await listDirectory(tx, kind, organizationId)) names.set(id, name);
  return names;
}

const BY_ID = new Set(['groups', 'permissionProfile', 'licence']);

function withNames(change: ForeseenChange, names: ReadonlyMap<string, string>): ForeseenChange {
  if (!BY_ID.has(change.field)) return change;
  const name = (id: string | null) => id && (names.get(id) ?? id);
  return { ...change, before: name(change.before), after: name(change.after) };
}
