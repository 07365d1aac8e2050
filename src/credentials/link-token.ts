import { createHash, randomBytes } from 'node:crypto';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, base64url; they exist in the mail only (security 19). */
export const newLinkToken = (): string => randomBytes(32).toString('base64url');

export const hashLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** False for what a mail program cut off or garbled. */
export const isLinkToken = (token: string): boolean => TOKEN.test(token);
