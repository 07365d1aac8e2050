import type { OrganizationId } from '../domain/ids';
import type { OpenCounter } from '../storage/counters';
import { networkOf } from './network';
import { createPasswordThrottle, type PasswordThrottle } from './password-throttle';
import { keyOf, normalLogin } from './throttle-keys';

/** How often somebody may try (security 20). A store that does not answer is an error, never a pass. */
export interface Throttle {
  password: PasswordThrottle;
  /** May another mail be asked for by this address of the network? Counts it. */
  mayAsk(address: string): Promise<boolean>;
  /** May another mail go to this mailbox? Counts it. */
  mayMail(organizationId: OrganizationId, mailbox: string): Promise<boolean>;
}

const HOUR = 3600;

const MOST = { mails: 5, asked: 100 } as const;

/** `RATE_LIMIT=off`. */
export const noThrottle: Throttle = {
  password: (_who, check) => check(),
  mayAsk: () => Promise.resolve(true),
  mayMail: () => Promise.resolve(true),
};

/** Limits over counters that all processes share. */
export function createThrottle(open: OpenCounter): Throttle {
  const asked = open('asked', HOUR);
  const mails = open('mails', HOUR);
  return {
    password: createPasswordThrottle(open),
    mayAsk: async (address) => (await asked.add(keyOf(networkOf(address)))) <= MOST.asked,
    mayMail: async (organizationId, mailbox) =>
      (await mails.add(keyOf(organizationId, normalLogin(mailbox)))) <= MOST.mails,
  };
}
