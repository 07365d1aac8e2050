import type { Organization } from '../domain/organization';
import type { Envelope } from '../mail/mailroom';

/** A person as mail addresses them. */
export interface Recipient {
  email: string;
  displayName?: string | null;
  /** Language tag. */
  locale?: string | null;
}

/** In the organization's name, in the person's language. */
export const envelopeFor = (
  { id, name, branding }: Organization,
  { email, displayName, locale }: Recipient,
): Envelope => ({
  organization: { id, name, ...(branding.color && { color: branding.color }) },
  to: email,
  ...(displayName && { name: displayName }),
  ...(locale && { language: locale }),
});
