import { generateSecret, generateURI, verifySync } from 'otplib/functional';

/** RFC 6238, 4.1. What every authenticator app takes: SHA-1, six digits. */
const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/** 160 random bits in Base32 (RFC 4226, 4: R6). */
export const newTotpSecret = (): string => generateSecret({ length: 20 });

/** What an authenticator app reads from a QR code. Neither name may hold a colon there. */
export const totpUri = (secret: string, { issuer, account }: { issuer: string; account: string }): string =>
  generateURI({ issuer: issuer.replaceAll(':', ' '), label: account.replaceAll(':', ' '), secret });

/** As people type a code, with or without blanks; undefined: it is none. */
export function readTotpCode(typed: string): string | undefined {
  const digits = typed.replace(/\s/g, '');
  return CODE.test(digits) ? digits : undefined;
}

/**
 * The time step that a code belongs to: the present one, or the one before or after, for clocks differ and typing takes a
 * while (RFC 6238, 5.2). Undefined: another code. Whether the step was used, storage knows.
 */
export function timeStepOf(secret: string, code: string, now: Date): number | undefined {
  const result = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    period: PERIOD_SECONDS,
    epochTolerance: PERIOD_SECONDS,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
