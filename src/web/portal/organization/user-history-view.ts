import type { AccountStatus } from '../../../domain/account';
import type { Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../storage/ledger';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { actorNamed } from './actor-words';
import { fieldInWords, statusBadge } from './people-words';
import type { History, UserModel } from './user-model';

/** What happened to the account, newest first, with what it changed. */
export function historyView(
  { url, account }: UserModel,
  { items, nextCursor, actors }: History,
  context: PortalContext,
): object {
  const { t, now, language } = context;
  return {
    items: items.map((line) => ({
      ...{
        title: eventInWords(line.action, context),
        at: line.at.toISOString(),
        when: when(line.at, now, language, t),
      },
      text: [byWhom(line, account.id, actors, context), line.outcome ?? ''].filter(Boolean).join(' · '),
      tone: line.outcome ? 'bad' : line.action.startsWith('signin') ? 'good' : '',
      changes: changesOf(line, context),
    })),
    ...(nextCursor && { moreUrl: `${url}?tab=history&cursor=${nextCursor}` }),
  };
}

/** What has no words yet is called as in the ledger. */
function eventInWords(action: string, { t }: PortalContext): string {
  const key = `portal.user.event.${action}`;
  const words = t(key);
  return words === key ? action : words;
}

function byWhom({ actor }: LedgerLine, accountId: string, actors: Actors | undefined, { t }: PortalContext): string {
  if (actor.kind === 'account' && actor.id === accountId) return t('portal.user.by.person');
  const name = actorNamed(actor, actors, t);
  return name ? t('portal.user.by.named', { name }) : t(`portal.user.by.${actor.kind}`);
}

function changesOf({ changes, fields, details }: LedgerLine, { t }: PortalContext): readonly object[] {
  const { before, after } = details;
  const status = (value: unknown): string => statusBadge(value as AccountStatus, t).text;
  if (fields.includes('status') && typeof before === 'string' && typeof after === 'string')
    return [{ label: fieldInWords('status', t), before: status(before), after: status(after) }];
  return changes.map((change) => ({ ...change, label: fieldInWords(change.field, t) }));
}
