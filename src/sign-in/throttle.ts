import type { ConnectionId, OrganizationId } from '../domain/ids';
import type { OpenCounter } from '../storage/counters';
import { networkOf } from './network';
import { createPasswordThrottle, type PasswordThrottle } from './password-throttle';
import { createRequestThrottle } from './request-throttle';
import { keyOf, normalLogin } from './throttle-keys';

/** How often somebody may try (security 20). A store that does not answer is an error, never a pass. */
export interface Throttle {
  password: PasswordThrottle;
  /** May another mail be asked for by this address of the network? Counts it. */
  mayAsk(address: string): Promise<boolean>;
  /** May another mail go to this mailbox? Counts it. */
  mayMail(organizationId: OrganizationId, mailbox: string): Promise<boolean>;
  /** Looks at a response that nobody asked for, unless too many from this address were refused at this connection. */
  unsolicited<T extends { kind: string }>(
    connectionId: ConnectionId,
    address: string,
    look: () => Promise<T>,
  ): Promise<T | 'rate_limited'>;
  /**
   * May one more refusal that costs a stranger nothing leave a line in the trace? Counts it.
   * @param login what was typed, where something was: of one login there is one line at a time
   */
  mayNote(organizationId: OrganizationId, address: string, login?: string): Promise<boolean>;
  /**
   * An address of the network showed a secret that nobody has. Counts it; yields how many seconds to wait when it was one
   * too many. Never asked for a right one: those hold 256 random bits, and whoever has one is not held up by who guesses
   * behind the same address.
   */
  guessed(what: 'bearer' | 'link', address: string): Promise<number | undefined>;
  /** A program with a right key asks for something. Counts it; yields how many seconds to wait when it was one too many. */
  requested(key: string): Promise<number | undefined>;
}

/** Requests that one key may make in a minute. */
export const REQUESTS_PER_MINUTE = 6000;

const MINUTE = 60;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

const MOST = { mails: 5, asked: 100, unsolicited: 300, noted: 20, guessed: { bearer: 60, link: 60 } } as const;

/** `RATE_LIMIT=off`. */
export const noThrottle: Throttle = {
  password: (_who, check) => check(),
  mayAsk: () => Promise.resolve(true),
  mayMail: () => Promise.resolve(true),
  unsolicited: (_connectionId, _address, look) => look(),
  mayNote: () => Promise.resolve(true),
  guessed: () => Promise.resolve(undefined),
  requested: () => Promise.resolve(undefined),
};

/** Limits over counters that all processes share. */
export function createThrottle(open: OpenCounter): Throttle {
  const asked = open('asked', HOUR);
  const mails = open('mails', HOUR);
  const unsolicited = open('unsolicited', QUARTER);
  const noted = { network: open('noted-network', QUARTER), login: open('noted-login', QUARTER) };
  const guesses = { bearer: open('guessed-bearer', QUARTER), link: open('guessed-link', QUARTER) };
  return {
    password: createPasswordThrottle(open),
    mayAsk: async (address) => (await asked.add(keyOf(networkOf(address)))) <= MOST.asked,
    mayMail: async (organizationId, mailbox) =>
      (await mails.add(keyOf(organizationId, normalLogin(mailbox)))) <= MOST.mails,
    async unsolicited(connectionId, address, look) {
      const key = keyOf(connectionId, networkOf(address));
      if ((await unsolicited.read(key)).count >= MOST.unsolicited) return 'rate_limited';
      const outcome = await look();
      if (outcome.kind === 'refused') await unsolicited.add(key);
      return outcome;
    },
    async mayNote(organizationId, address, login) {
      const isKnown = login !== undefined && (await noted.login.add(keyOf(organizationId, normalLogin(login)))) > 1;
      return !isKnown && (await noted.network.add(keyOf(organizationId, networkOf(address)))) <= MOST.noted;
    },
    async guessed(what, address) {
      const key = keyOf(networkOf(address));
      const count = await guesses[what].add(key);
      return count > MOST.guessed[what] ? (await guesses[what].read(key)).secondsLeft : undefined;
    },
    requested: createRequestThrottle(open('requests', MINUTE), REQUESTS_PER_MINUTE),
  };
}
