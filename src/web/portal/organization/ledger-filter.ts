import { normalizeEmail } from '../../../domain/email-address';
import { ACTOR_KINDS } from '../../../domain/ledger-entry';
import type { AuditEventFilter } from '../../../management/audit-events';
import { isUuid } from '../../../management/uuid';
import { AREAS } from './ledger-words';

/** The filter as it stands in the page's address. */
const NAMES = ['q', 'account', 'area', 'actor', 'actorKind', 'source', 'from', 'to'] as const;
export type LedgerSearch = Readonly<Record<(typeof NAMES)[number], string>>;

const DAY = 24 * 3600 * 1000;

export const searchOf = (read: (name: string) => string): LedgerSearch =>
  Object.fromEntries(NAMES.map((name) => [name, read(name).trim()])) as LedgerSearch;

/** What of it can be asked for; what makes no sense is left out. `to` is a day that still counts. */
export function filterOf({ q, account, area, actor, actorKind, source, from, to }: LedgerSearch): AuditEventFilter & {
  email?: string;
} {
  const email = normalizeEmail(q);
  const kind = ACTOR_KINDS.find((one) => one === actorKind);
  const [since, until] = [dayOf(from), dayOf(to)];
  return {
    ...(email && { email }),
    ...(isUuid(account) && { account }),
    ...(AREAS.includes(area) && { area }),
    ...(isUuid(actor) && { actor }),
    ...(kind && { actorKind: kind }),
    ...(isUuid(source) && { source }),
    ...(since && { from: since.toISOString() }),
    ...(until && { to: new Date(until.getTime() + DAY).toISOString() }),
  };
}

/** Of a date field, as `2026-11-12`: its beginning in UTC. */
function dayOf(text: string): Date | undefined {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
