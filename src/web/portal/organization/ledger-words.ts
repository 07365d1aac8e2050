import type { LedgerLine } from '../../../management/audit-events';
import type { Translate } from '../../languages';

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
    'bulk_action',
    'second_factor',
    'break_glass',
  ],
];

/** An action in words; one that a later release wrote stays as it is. */
export function actionInWords(action: string, t: Translate): string {
  const key = `portal.ledger.action.${action}`;
  const words = t(key);
  return words === key ? action : words;
}

/** Who did it, in words; `names` holds the organization's own people. */
export function actorInWords({ actor }: LedgerLine, names: ReadonlyMap<string, string>, t: Translate): string {
  switch (actor.kind) {
    case 'account':
      return names.get(actor.id) ?? t('portal.ledger.actor.stranger');
    case 'person':
      return (actor.accountId && names.get(actor.accountId)) ?? t('portal.ledger.actor.person');
    default:
      return t(`portal.ledger.actor.${actor.kind}`);
  }
}
