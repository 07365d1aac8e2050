import type { DesiredAccess, PersonRecord } from '../domain/desired-record';
import { domainOf } from '../domain/email-address';
import type { ContactId, SourceId } from '../domain/ids';
import type { RunMode } from '../domain/run';
import type { Cells } from '../sources/cells';
import type { ColumnName, RowProblem } from '../sources/columns';
import { readPerson, type NamedAccess } from '../sources/person';
import { nameKey, type Directory } from './directory';

/** What it takes to understand a line. */
export interface Reader {
  sourceId: SourceId;
  mode: RunMode;
  /** Columns without which a line is not whole. */
  required: readonly ColumnName[];
  directory: Directory;
  /** Domains the organization has proved: its admin's word vouches for an address in one. */
  verifiedDomains: ReadonlySet<string>;
}

/** A line as text. */
export interface Line {
  line: number;
  cells: Cells;
  originId: string | null;
  presence: PersonRecord['presence'];
  lineProblems: readonly RowProblem[] | null;
  /** Whom the line was found to mean; certain where it was not read but added, of somebody who is no longer named. */
  contactId?: ContactId | null;
  leftOut?: boolean;
}

/** A line as a record for the door, and everything in it that is wrong. */
export interface Understood {
  record: PersonRecord;
  problems: readonly RowProblem[];
}

export function understand(line: Line, reader: Reader): Understood {
  const isPresent = line.presence === 'present';
  const { attributes, access, problems } = readPerson(line.cells, isPresent ? reader.required : []);
  const resolved = resolveNames(access, reader.directory);
  const { email } = attributes;
  const record: PersonRecord = {
    kind: 'person',
    origin: { sourceId: reader.sourceId, ...(line.originId && { externalId: line.originId }) },
    // Whom a line that was read means is found anew each time: it may say something else by now.
    ...(!isPresent && line.contactId && { contactId: line.contactId }),
    wants: reader.mode === 'accounts' ? 'account' : 'contact',
    attributes: isPresent ? attributes : {},
    emailVerified: Boolean(email && reader.verifiedDomains.has(domainOf(email))),
    access: isPresent ? resolved.access : {},
    presence: line.presence,
    keepWaiting: true,
  };
  const all = [...(line.lineProblems ?? []), ...problems, ...resolved.problems];
  const suggest = (problem: RowProblem) => withSuggestion(problem, line.cells, reader.verifiedDomains);
  return { record, problems: all.map(suggest) };
}

function resolveNames(named: NamedAccess, directory: Directory) {
  const problems: RowProblem[] = [];
  const { groups, permissionProfile, licence, ...access } = named;
  const resolved: DesiredAccess = { ...access };
  if (groups) resolved.groups = [...new Set(groups.flatMap((name) => directory.groups.get(nameKey(name)) ?? []))];
  const one = (field: 'permissionProfile' | 'licence', name: string | null | undefined, known: string | undefined) => {
    if (name && !known)
      problems.push({ field, code: `unknown_${UNKNOWN[field]}`, message: 'There is none of this name.' });
    else if (name !== undefined) resolved[field] = known ?? null;
  };
  one('permissionProfile', permissionProfile, directory.permissionProfiles.get(nameKey(permissionProfile ?? '')));
  one('licence', licence, directory.licences.get(nameKey(licence ?? '')));
  return { access: resolved, problems };
}

const UNKNOWN = { permissionProfile: 'permission_profile', licence: 'licence' } as const;

/** `pat@acme` where the organization has proved acme.example. */
function withSuggestion(problem: RowProblem, cells: Cells, domains: ReadonlySet<string>): RowProblem {
  if (problem.code !== 'invalid_email') return problem;
  const [local, start, ...more] = (cells.email ?? '').trim().toLowerCase().split('@');
  if (!local || !start || more.length || start.includes('.')) return problem;
  const [domain, ...others] = [...domains].filter((one) => one.split('.')[0] === start);
  return domain && !others.length ? { ...problem, suggestion: `${local}@${domain}` } : problem;
}
