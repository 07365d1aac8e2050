import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, OrganizationId } from '../../domain/ids';

const AMOUNT = 10;
const LETTERS = 16;
/** Crockford's alphabet: no letter that is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes of 80 random bits each, as `7F3K-92QD-…`: too many to be guessed from their hashes. */
export const newRecoveryCodes = (): readonly string[] => Array.from({ length: AMOUNT }, newRecoveryCode);

function newRecoveryCode(): string {
  const letters = [...randomBytes(LETTERS)].map((byte) => ALPHABET[byte & 31]).join('');
  return letters.replace(/.{4}(?!$)/g, '$&-');
}

/** As people type a code: in any case, with or without dashes, O for 0. Undefined: it is none. */
export function readRecoveryCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const isCode = letters.length === LETTERS && [...letters].every((letter) => ALPHABET.includes(letter));
  return isCode ? letters : undefined;
}

/** What is stored of a code. @param code as `readRecoveryCode` or `newRecoveryCodes` yields it */
export const hashRecoveryCode = (organizationId: OrganizationId, accountId: AccountId, code: string): Buffer =>
  createHash('sha256')
    .update(`${organizationId}|${accountId}|${code.replaceAll('-', '')}`)
    .digest();
