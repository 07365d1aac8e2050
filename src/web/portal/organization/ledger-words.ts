import type { Actors } from '../../../management/actors';
import type { LedgerLine } from '../../../management/audit-events';
import type { Translate } from '../../languages';
import { actorNamed } from './actor-words';

/** What actions are about; each stands before the dot of its actions. */
export const AREAS: readonly string[] = [
  ...['signin', 'session', 'logout', 'account', 'person', 'contact', 'identity', 'link_request', 'password', 'link'],
  ...['group', 'permission_profile', 'licence', 'connection', 'domain', 'policy', 'branding', 'organization', 'admin'],
  ...[
    'api_key',
    'application',
    'provisioning',
    'sign_in_capture',
    'ledger',
    'accounts',
    'contacts',
    'bulk_action',
    'second_factor',
    'break_glass',
    'import',
    'source',
  ],
];

/** An action in words; one that a later release wrote stays as it is. */
export function actionInWords(action: string, t: Translate): string {
  const key = `portal.ledger.action.${action}`;
  const words = t(key);
  return words === key ? action : words;
}

interface Known {
  /** Of the organization's own people. */
  names: ReadonlyMap<string, string>;
  actors?: Actors;
}

/** Who did it, in words. */
export function actorInWords({ actor }: LedgerLine, { names, actors }: Known, t: Translate): string {
  if (actor.kind === 'person')
    return (actor.accountId && names.get(actor.accountId)) ?? t('portal.ledger.actor.person');
  return actorNamed(actor, actors, t) ?? t(`portal.ledger.actor.${actor.kind}`);
}
