import { createHash } from 'node:crypto';
import { normalizeEmail } from '../domain/email-address';

/** However it is spelled, one login has one count. */
export const normalLogin = (text: string): string =>
  normalizeEmail(text) ?? text.trim().normalize('NFKC').toLowerCase();

/** Keys name nobody: the store is read by more people than the accounts are. */
export const keyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
