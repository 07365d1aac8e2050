import { createHash, randomBytes } from 'node:crypto';
import type { AttemptSecrets, CallbackInput, ConnectionKind, Wishes } from '../connections/connection';
import type { OrganizationId } from '../domain/ids';
import type { SecretBox } from '../storage/secret-box';

/** An attempt lives this long: a first enrolment of a second factor takes its time (security 9). */
export const ATTEMPT_MINUTES = 60;

const SECRETS_COLUMN = 'sign_in_attempts.secrets';
/** Crockford's alphabet: no letter that is taken for a digit. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Fresh secrets for one attempt: 256 random bits each, 128 in the AuthnRequest ID. */
export const newAttemptSecrets = (): AttemptSecrets => ({
  relay: randomBytes(32).toString('base64url'),
  requestId: `_${randomBytes(16).toString('hex')}`,
  nonce: randomBytes(32).toString('base64url'),
  codeVerifier: randomBytes(32).toString('base64url'),
});

/** What a person tells the IT admin to find the attempt by: 40 random bits as `7F3K-92QD`. */
export function newAttemptCode(): string {
  const letters = [...randomBytes(8)].map((byte) => CODE_ALPHABET[byte & 31]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** What is kept of an attempt while it is open: its secrets, and what was wished for. */
export type SealedAttempt = AttemptSecrets & Wishes;

export const sealAttempt = (box: SecretBox, organizationId: OrganizationId, secrets: SealedAttempt): string =>
  box.seal(JSON.stringify(secrets), { organizationId, column: SECRETS_COLUMN });

export const openAttempt = (box: SecretBox, organizationId: OrganizationId, sealed: string): SealedAttempt =>
  JSON.parse(box.open(sealed, { organizationId, column: SECRETS_COLUMN })) as SealedAttempt;

export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The opaque key a provider handed back; undefined when there is none, or more than one. */
export function relayOf(kind: ConnectionKind, reply: CallbackInput): string | undefined {
  const value = kind === 'saml' ? reply.body.RelayState : reply.query.state;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
