import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** Where a secret lives; part of what is authenticated, so that a row copied elsewhere does not open. */
export interface SecretPlace {
  organizationId: string | null;
  column: string;
}

/** Secrets at rest: AES-256-GCM with a key id, bound to organization and column (security 24). */
export interface SecretBox {
  seal(plain: string, place: SecretPlace): string;
  /** @throws when no key fits or the text was changed or moved */
  open(sealed: string, place: SecretPlace): string;
  /** Tells equal texts from different ones, and nothing of a text to who lacks the key. */
  fingerprint(text: string): Buffer;
  /** Identifies the newest key without telling anything of it. */
  readonly keyId: string;
}

const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('drawbridge key id').update(key).digest('hex').slice(0, 8);
const placeText = ({ organizationId, column }: SecretPlace): Buffer =>
  Buffer.from(`${organizationId ?? '-'}|${column}`);

/** A box that seals with the first key and opens with any. */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const newest = keys[0];
  if (!newest) throw new Error('a secret box needs a key');
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  const keyId = keyIdOf(newest);

  return {
    keyId,
    fingerprint: (text) => createHmac('sha256', newest).update('drawbridge fingerprint').update(text).digest(),
    seal(plain, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', newest, iv).setAAD(placeText(place));
      const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `${keyId}.${Buffer.concat([iv, cipher.getAuthTag(), data]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [id = '', payload = ''] = sealed.split('.');
      const key = byId.get(id);
      if (!key) throw new Error(`no key ${id} among SECRET_KEYS`);
      const bytes = Buffer.from(payload, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(placeText(place));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
