import type { ApplicationId } from '../domain/ids';

const YEAR_MS = 365 * 24 * 3600_000;

const nameOf = (id: ApplicationId, secure: boolean): string => `${secure ? '__Host-' : ''}drawbridge-at-${id}`;

/** A cookie that says at which organization this browser used the application last: a slug, and no secret. */
export const rememberedChoice = (id: ApplicationId, organization: string, secure: boolean) => ({
  name: nameOf(id, secure),
  value: organization,
  options: { maxAge: YEAR_MS, httpOnly: true, secure, sameSite: 'lax', signed: false, overwrite: true } as const,
});

export const choiceOf = (
  id: ApplicationId,
  cookies: Readonly<Record<string, string | undefined>>,
  secure: boolean,
): string | undefined => cookies[nameOf(id, secure)];
