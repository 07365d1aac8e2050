import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction } from 'oidc-provider';
import { buildProvider } from './build-provider';
import type { BridgeDeps } from './deps';
import { resultOf, standingOf, type Standing } from './interaction';
import type { Provider } from './load-library';
import { organizationAsked, type Asking } from './organization-asked';
import { createProviders } from './providers';
import { announce, type Visitor } from './visitor';

/** A request of an application that waits for the person. */
export interface Pending {
  uid: string;
  /** Where it goes on, on this very service. */
  resumePath: string;
  organization?: string;
  /** Id of the connection that the application asks for. */
  connection?: string;
  loginHint?: string;
  /** As it came. */
  acrValues?: string;
  application: string;
  /** Where the browser goes in the end. */
  redirectUri: string;
}

export interface Bridge {
  /** Answers a request under the issuer's path. */
  answer(req: IncomingMessage, res: ServerResponse, visitor?: Visitor): Promise<void>;
  /** Slug of the organization that a request for sign-in or sign-out is about. */
  organizationAsked(asking: Asking): Promise<string | undefined>;
  /** The pending request, wherever the browser is. */
  pending(uid: string): Promise<Pending | undefined>;
  /** The pending request, when it is this browser's. */
  pendingHere(req: IncomingMessage, res: ServerResponse, uid: string): Promise<Pending | undefined>;
  standing(uid: string, visitor: Visitor | undefined): Promise<Standing>;
  /** Lets it go on with whoever is signed in now. */
  settle(uid: string, visitor: Visitor): Promise<void>;
  /** The person chose where to sign in; who was there already is the one there was. */
  choose(uid: string, visitor: Visitor): Promise<void>;
  /** The application is told that the person may not, or could not sign in. */
  decline(uid: string): Promise<void>;
}

/** Each is bound to a path: where the request was led to first, and where it goes on. */
const BOUND = ['interaction', 'resume'] as const;
const NOT_OPEN = 'the application is not for this person';
const NOBODY = 'nobody was signed in';

/** The OpenID provider for applications. It knows accounts and their sessions, and nothing of how people sign in. */
export function createBridge(deps: BridgeDeps): Bridge {
  const providers = createProviders(deps, (library, keys) => buildProvider(deps, library, keys));

  const find = async (uid: string): Promise<Interaction | undefined> => {
    const interaction = await (await providers.current()).Interaction.find(uid);
    return interaction && !interaction.isExpired ? interaction : undefined;
  };
  const change = async (uid: string, make: (interaction: Interaction) => Partial<Interaction>): Promise<void> => {
    const interaction = await find(uid);
    if (interaction) await Object.assign(interaction, make(interaction)).persist();
  };
  const describe = async (interaction: Interaction | undefined): Promise<Pending | undefined> =>
    interaction && pendingOf(await providers.current(), interaction);

  return {
    async answer(req, res, visitor) {
      if (visitor) announce(req, visitor);
      await (await providers.current()).callback()(req, res);
    },
    organizationAsked: async (asking) => organizationAsked(deps, await providers.current(), asking),
    pending: async (uid) => describe(await find(uid)),
    async pendingHere(req, res, uid) {
      const provider = await providers.current();
      const { cookies } = provider.createContext(req, res);
      const isShown = BOUND.some((name) => cookies.get(provider.cookieName(name), { signed: true }) === uid);
      return isShown ? describe(await find(uid)) : undefined;
    },
    async standing(uid, visitor) {
      const interaction = await find(uid);
      // The provider itself says what is wrong with a request that is over.
      return interaction ? standingOf(interaction, visitor) : 'ready';
    },
    settle: (uid, visitor) =>
      change(uid, (interaction) => (interaction.result?.error ? {} : { result: resultOf(interaction, visitor) })),
    choose: (uid, { organization, person }) =>
      change(uid, ({ params, result, session }) => ({
        params: { ...params, organization },
        result: { ...result, select_account: {} },
        session: { ...session, cookie: person?.session.id ?? '' } as Interaction['session'],
      })),
    decline: (uid) =>
      change(uid, ({ prompt }) => ({
        result: { error: 'access_denied', error_description: prompt.name === 'access' ? NOT_OPEN : NOBODY },
      })),
  };
}

async function pendingOf({ Client }: Provider, { uid, params, returnTo }: Interaction): Promise<Pending> {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const client = await Client.find(String(params.client_id));
  return {
    uid,
    resumePath: new URL(returnTo).pathname,
    organization: text(params.organization),
    connection: text(params.connection),
    loginHint: text(params.login_hint),
    acrValues: text(params.acr_values),
    application: client?.clientName ?? '',
    redirectUri: String(params.redirect_uri),
  };
}
