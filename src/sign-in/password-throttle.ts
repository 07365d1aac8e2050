import type { OrganizationId } from '../domain/ids';
import type { OpenCounter } from '../storage/counters';
import { networkOf } from './network';
import { keyOf, normalLogin } from './throttle-keys';

export interface PasswordTry {
  organizationId: OrganizationId;
  /** As typed. */
  login: string;
  /** Of the network. */
  address: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MOST = { failuresHere: 10, failuresElsewhere: 50, failuresOfNetwork: 100 } as const;
/** Where many people sign in, many mistype: failures that everyone who signs in adds to what their network may have. */
const FAILURES_PER_PERSON = 3;

/** Looks at a password under the limits of account and address. `check` yields whether it was right, and for whom. */
export type PasswordThrottle = <T extends { right: boolean }>(
  who: PasswordTry,
  check: () => Promise<T>,
) => Promise<T | 'rate_limited'>;

/** Failures count, successes make room (security 20). */
export function createPasswordThrottle(open: OpenCounter): PasswordThrottle {
  const passwords = passwordThrottle(open);
  return async (who, check) => {
    const entry = await passwords.enter(keysOf(who));
    if (!entry) return 'rate_limited';
    const result = await attempted(check, entry);
    await (result.right ? entry.succeed() : entry.fail());
    return result;
  };
}

/** Not looked at is not wrong. If the store is what failed, it fails again here, and the first error is the one to tell. */
async function attempted<T>(check: () => Promise<T>, entry: Entry): Promise<T> {
  try {
    return await check();
  } catch (error) {
    await entry.withdraw().catch(() => undefined);
    throw error;
  }
}

interface PasswordKeys {
  login: string;
  network: string;
  /** The login, tried from there. */
  here: string;
}

/** A try that may be looked at; one of these says how it ended. */
interface Entry {
  succeed(): Promise<void>;
  fail(): Promise<void>;
  withdraw(): Promise<void>;
}

function passwordThrottle(open: OpenCounter): { enter(keys: PasswordKeys): Promise<Entry | undefined> } {
  const here = open('password-here', 15 * MINUTE);
  const elsewhere = open('password-elsewhere', HOUR);
  const network = open('password-network', HOUR);
  const usual = open('password-usual', 30 * DAY);
  const counted = open('password-counted', HOUR);

  /** One more person signed in there; who signs in again within the network's hour is no other person. */
  const widen = async (keys: PasswordKeys, seconds: number): Promise<void> => {
    const times = await counted.add(keys.here, { seconds });
    if (times === 1) await network.add(keys.network, { points: -FAILURES_PER_PERSON });
  };

  const entryOf = (keys: PasswordKeys, isUsual: boolean, secondsLeft: number): Entry => {
    const takeBackElsewhere = async () => void (isUsual || (await elsewhere.add(keys.login, { points: -1 })));
    return {
      async succeed() {
        await Promise.all([
          here.clear(keys.here),
          usual.mark(keys.here),
          takeBackElsewhere(),
          widen(keys, secondsLeft),
        ]);
      },
      fail: async () => void (await network.add(keys.network)),
      async withdraw() {
        await Promise.all([here.add(keys.here, { points: -1 }), takeBackElsewhere()]);
      },
    };
  };

  return {
    async enter(keys) {
      // A try counts as failed until it turns out right: a hundred at once are as many as one after another. The network
      // is only asked: of two thousand who sign in at once, those under way are no failures.
      const [tries, signedInHere, ofNetwork] = await Promise.all([
        here.add(keys.here),
        usual.read(keys.here),
        network.read(keys.network),
      ]);
      if (tries > MOST.failuresHere) return undefined;
      const isUsual = signedInHere.count > 0;
      const isOpen =
        ofNetwork.count < MOST.failuresOfNetwork &&
        // From where somebody usually signs in, nobody elsewhere can keep them out.
        (isUsual || (await elsewhere.add(keys.login)) <= MOST.failuresElsewhere);
      if (isOpen) return entryOf(keys, isUsual, ofNetwork.secondsLeft);
      await here.add(keys.here, { points: -1 });
      return undefined;
    },
  };
}

function keysOf({ organizationId, login, address }: PasswordTry): PasswordKeys {
  const name = normalLogin(login);
  const network = networkOf(address);
  return { login: keyOf(organizationId, name), network: keyOf(network), here: keyOf(organizationId, name, network) };
}
