import type { Interaction, KoaContextWithOIDC } from 'oidc-provider';
import { ownOf } from './client';
import type { Library } from './load-library';
import { visitorOf, type SignedInPerson, type Visitor } from './visitor';

type Policy = ReturnType<Library['interactionPolicy']['base']>;

/** When the person has to be asked something: not permitted comes first, then where, then who. */
export function interactionPolicy({ interactionPolicy: { base, Check, Prompt }, errors }: Library): Policy {
  const policy = base();
  const permitted = new Check('not_permitted', 'the application is not for this person', 'access_denied', isRefused);
  policy.add(new Prompt({ name: 'access' }, permitted), 0);
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 1);
  const { checks } = policy.get('login')!;
  checks.remove('id_token_hint');
  checks.add(
    new Check('other_connection', 'the session began at another connection', 'login_required', ({ req, oidc }) =>
      isElsewhere(visitorOf(req)?.person, oidc.params?.connection),
    ),
  );
  checks.add(new Check('acr_values', 'another authentication context is wished for', mayBeStronger));
  checks.add(
    new Check('other_person', 'somebody else is signed in', 'login_required', (ctx) => {
      // Asking again could bring the same person back for ever: the application decides what to do about it.
      if (isSomebodyElse(ctx))
        throw new errors.LoginRequired('somebody other than the id_token_hint says is signed in');
      return false;
    }),
  );
  return policy;
}

/**
 * The application is not for the organization, or not for this person in it: then there is no grant (`loadExistingGrant`). Who
 * came in past the identity provider is there for the portal only.
 */
function isRefused({ req, oidc }: KoaContextWithOIDC): boolean {
  const visitor = visitorOf(req);
  if (!visitor || !oidc.client) return false;
  if (visitor.person?.session.isBreakGlass) return true;
  const { organizations } = ownOf(oidc.client);
  if (organizations && !organizations.includes(visitor.organization)) return true;
  return oidc.account !== undefined && oidc.grant?.jti === undefined;
}

/** The application asks for a connection of the organization: a session that began at another, or by password, is none. */
const isElsewhere = (person: SignedInPerson | undefined, connection: unknown): boolean =>
  person !== undefined && typeof connection === 'string' && person.session.connectionId !== connection;

/**
 * The session was begun in another way than the application wishes for (`acr_values`): the provider is asked, once for each
 * request. What it grants is taken and told (OpenID Connect Core 3.1.2.1); a password is no provider's to strengthen.
 */
function mayBeStronger({ req, oidc }: KoaContextWithOIDC): boolean {
  const session = visitorOf(req)?.person?.session;
  const wished = oidc.params?.acr_values;
  if (!session?.connectionId || typeof wished !== 'string' || oidc.prompts.has('none') || oidc.result?.login)
    return false;
  return session.acr === null || !wished.split(' ').includes(session.acr);
}

function isSomebodyElse({ oidc }: KoaContextWithOIDC): boolean {
  const hinted = oidc.entities.IdTokenHint?.payload.sub;
  const present = oidc.session?.accountId;
  return hinted !== undefined && present !== undefined && hinted !== present && !oidc.promptPending('login');
}

/** How an application's pending request stands: it can go on, or what the person is asked before. */
export type Standing = 'ready' | 'refused' | 'choose_organization' | 'sign_in';

export function standingOf(interaction: Interaction, visitor: Visitor | undefined): Standing {
  const { prompt, result } = interaction;
  if (result?.error) return 'ready';
  if (prompt.name === 'access') return 'refused';
  if (!visitor) return 'choose_organization';
  if (prompt.name === 'select_account') return result?.select_account ? 'ready' : 'choose_organization';
  if (prompt.name === 'login') return hasSignedIn(interaction, visitor) ? 'ready' : 'sign_in';
  return 'ready';
}

/** Whoever was signed in already does not settle these. */
const FRESH = ['login_prompt', 'max_age', 'acr_values'];

/** Somebody is there; where the application wants it fresh, in another session than there was when it asked. */
function hasSignedIn({ prompt: { reasons }, params, session: before }: Interaction, { person }: Visitor): boolean {
  if (isElsewhere(person, params.connection)) return false;
  const isFresh = FRESH.some((reason) => reasons.includes(reason));
  return person !== undefined && !(isFresh && person.session.id === before?.cookie);
}

/** What the provider is told when the request goes on. Who it is it sees by itself (docs/adr/0010). */
export const resultOf = ({ prompt, result }: Interaction, { person }: Visitor): NonNullable<Interaction['result']> => ({
  ...result,
  consent: {},
  ...(prompt.name === 'login' && person && { login: { accountId: person.accountId } }),
});
