import type { AccountStatus } from '../../../domain/account';
import type { Translate } from '../../languages';

const TONES: Readonly<Record<AccountStatus, 'good' | 'warn' | 'bad' | ''>> = {
  active: 'good',
  invited: 'warn',
  unconfirmed: 'warn',
  suspended: 'bad',
  deactivated: '',
  deleted: '',
};

/** The state of an account as a badge. */
export const statusBadge = (status: AccountStatus, t: Translate): { text: string; tone: string } => ({
  text: t(`portal.users.status.${status}`),
  tone: TONES[status],
});

/** That an account is an organization's, not a person's. */
export const systemBadges = ({ contactKind }: { contactKind?: string }, t: Translate): { text: string }[] =>
  contactKind === 'organization' ? [{ text: t('portal.catalog.systemAccount') }] : [];

/** What a kind of source is called. */
export const sourceInWords = (kind: string, t: Translate): string => t(`portal.users.sourceKind.${kind}`);

/** What a field of a person or account is called. An organization's own fields go by their names. */
export function fieldInWords(field: string, t: Translate): string {
  if (field.startsWith('attributes.')) return field.slice('attributes.'.length);
  const [own, standard] = [`portal.users.field.${field}`, `attributes.${field}`].map((key) => ({ key, text: t(key) }));
  return [own, standard].find((one) => one && one.text !== one.key)?.text ?? field;
}
