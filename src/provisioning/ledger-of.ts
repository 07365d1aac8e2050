import type { Change, Decision } from '../domain/decision';
import type { LedgerEntry, LedgerValue } from '../domain/ledger-entry';
import type { Applied, Door, Occasion } from './door';

type Refusal = Extract<Decision, { action: 'refuse' }>;
/** A line of the ledger with the personal values beside it. */
export type Line = LedgerEntry & { values?: readonly LedgerValue[] };

/** What the door writes into the ledger. */
export const ledgerOf = { refusal, changes };

function base(door: Door, concerned: Applied, occasion: Occasion): Omit<LedgerEntry, 'action'> {
  return {
    organizationId: door.organizationId,
    actor: occasion.actor,
    sourceId: door.sourceId,
    contactId: concerned.contactId,
    accountId: concerned.accountId,
    attemptId: occasion.attemptId,
    requestId: occasion.requestId,
  };
}

function refusal(door: Door, { reason, because }: Refusal, concerned: Applied, occasion: Occasion): Line {
  const details = because && { details: { because } };
  return { ...base(door, concerned, occasion), action: 'provisioning.refused', outcome: reason, ...details };
}

/** One line per thing that happened: somebody came, was linked, changed state, changed. */
function changes(door: Door, concerned: Applied, all: readonly Change[], isNew: boolean, occasion: Occasion): Line[] {
  const common = base(door, concerned, occasion);
  const lines: Line[] = [];
  if (isNew) lines.push({ ...common, action: 'contact.created' });
  for (const change of all) {
    const line = ownLine(change);
    if (line) lines.push({ ...common, ...line });
  }
  const { fields, values, details } = fieldChanges(all, concerned);
  if (fields.length) lines.push({ ...common, action: 'person.changed', fields, values, details });
  return lines;
}

function ownLine(change: Change): Pick<Line, 'action' | 'details' | 'connectionId'> | undefined {
  switch (change.kind) {
    case 'grant_account':
      return {
        action: change.restores ? 'account.restored' : 'account.created',
        details: { status: change.account.status, wasHereBefore: Boolean(change.restores) },
      };
    case 'link_identity':
      return { action: 'identity.linked', connectionId: change.identity.connectionId, details: { by: change.by } };
    case 'set_presence':
      return { action: 'account.status_changed', details: { before: change.before, after: change.after } };
    default:
      return undefined;
  }
}

/** Names of fields stand in the line itself; personal values beside it, keyed by contact (security 27). */
function fieldChanges(all: readonly Change[], concerned: Applied) {
  const fields: string[] = [];
  const values: LedgerValue[] = [];
  const details: Record<string, string | number | boolean | null | readonly string[]> = {};
  for (const change of all) {
    if (change.kind === 'set_attribute' || (change.kind === 'set_access' && change.field === 'username')) {
      const field = change.kind === 'set_attribute' ? change.attribute : change.field;
      fields.push(field);
      if (concerned.contactId)
        values.push({ contactId: concerned.contactId, field, before: text(change.before), after: text(change.after) });
    } else if (change.kind === 'set_access') {
      fields.push(change.field);
      details[`${change.field}.before`] = change.before;
      details[`${change.field}.after`] = change.after;
    } else if (change.kind === 'set_email_verified') {
      fields.push('emailVerified');
      details.emailVerified = change.after;
    } else if (change.kind === 'set_groups') {
      fields.push('groups');
      details[`groups.added.${change.sourceId}`] = change.added;
      details[`groups.removed.${change.sourceId}`] = change.removed;
    }
  }
  return { fields: [...new Set(fields)], values, details };
}

const text = (value: string | boolean | null): string | null => (value === null ? null : String(value));
