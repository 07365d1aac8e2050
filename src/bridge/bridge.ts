import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildProvider } from './build-provider';
import type { BridgeDeps } from './deps';
import { organizationAsked, type Asking } from './organization-asked';
import { pendingOf, type Pending } from './pending';
import { createProviders } from './providers';
import { announce, type Visitor } from './visitor';

export interface Bridge {
  /** Answers a request under the issuer's path. */
  answer(req: IncomingMessage, res: ServerResponse, visitor?: Visitor): Promise<void>;
  /** Slug of the organization that a request for sign-in or sign-out is about. */
  organizationAsked(asking: Asking): Promise<string | undefined>;
  /** The pending request, wherever the browser is. */
  pending(uid: string): Promise<Pending | undefined>;
  /** The pending request, when it is this browser's. */
  pendingHere(req: IncomingMessage, res: ServerResponse, uid: string): Promise<Pending | undefined>;
}

/** Each is bound to a path: where the request was led to first, and where it goes on. */
const BOUND = ['interaction', 'resume'] as const;

/** The OpenID provider for applications. It knows accounts and their sessions, and nothing of how people sign in. */
export function createBridge(deps: BridgeDeps): Bridge {
  const providers = createProviders(deps, (library, keys) => buildProvider(deps, library, keys));

  const pending = async (uid: string): Promise<Pending | undefined> => {
    const provider = await providers.current();
    const interaction = await provider.Interaction.find(uid);
    return interaction && !interaction.isExpired ? pendingOf(provider, interaction) : undefined;
  };

  return {
    async answer(req, res, visitor) {
      if (visitor) announce(req, visitor);
      await (await providers.current()).callback()(req, res);
    },
    organizationAsked: async (asking) => organizationAsked(deps, await providers.current(), asking),
    pending,
    async pendingHere(req, res, uid) {
      const provider = await providers.current();
      const { cookies } = provider.createContext(req, res);
      const isShown = BOUND.some((name) => cookies.get(provider.cookieName(name), { signed: true }) === uid);
      return isShown ? pending(uid) : undefined;
    },
  };
}
