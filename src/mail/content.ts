import type { OrganizationId } from '../domain/ids';
import type { SecretBox } from '../storage/secret-box';
import type { RenderedLetter } from './render';

/** What is sealed of a mail: it may carry a link (security 19). */
export interface MailContent extends RenderedLetter {
  /** In whose name. */
  from: string;
  toName: string;
}

const placeOf = (organizationId: OrganizationId) => ({ organizationId, column: 'mails.content' });

export const sealContent = (box: SecretBox, organizationId: OrganizationId, content: MailContent): string =>
  box.seal(JSON.stringify(content), placeOf(organizationId));

/** @throws when no key of SECRET_KEYS fits */
export const openContent = (box: SecretBox, organizationId: OrganizationId, sealed: string): MailContent =>
  JSON.parse(box.open(sealed, placeOf(organizationId))) as MailContent;
