import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KoaContextWithOIDC, Session as ProviderSession } from 'oidc-provider';
import type { BridgeDeps } from './deps';
import type { Provider } from './load-library';
import { visitorOf, type Visitor } from './visitor';

export const SIGN_OUT_ROUTES = ['end_session', 'end_session_confirm'];
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/**
 * The provider keeps no session of its own (docs/adr/0010): what it takes for one is read, at every request, from ours
 * of the organization that the request is about. Its account can be set by nothing else.
 */
export function useOurSessions(provider: Provider, { endSession }: Pick<BridgeDeps, 'endSession'>): void {
  const Kept = provider.Session;

  // The library goes by the name of the class.
  const OurSession = class Session extends Kept {
    answered?: { req: IncomingMessage; res: ServerResponse };

    static override async get(ctx: KoaContextWithOIDC): Promise<ProviderSession> {
      const visitor = visitorOf(ctx.req);
      // Between the question whether to sign out and its answer the library remembers what was asked, under its cookie.
      const session = SIGN_OUT_ROUTES.includes(ctx.oidc.route)
        ? ((await super.get(ctx)) as Session)
        : neverSaved(new Session(), visitor);
      session.answered = ctx;
      session.accountId = visitor?.person?.accountId;
      if (visitor?.person) {
        const { session: ours } = visitor.person;
        session.uid = ours.id;
        session.amr = [...ours.amr];
        session.acr = ours.acr ?? undefined;
        session.loginTs = seconds(ours.authenticatedAt);
      }
      ctx.oidc.entity('Session', session);
      return session;
    }

    /** Who is signed in is not for an interaction's result to say. */
    override loginAccount(): void {}

    override async destroy(): Promise<void> {
      await super.destroy();
      const { answered } = this;
      if (answered && visitorOf(answered.req)?.person) await endSession(answered.req, answered.res);
    }
  };

  Object.defineProperty(provider, 'Session', { value: OurSession });
}

/** The session was ended in answer to this very request. The types leave out that the library marks it. */
export const hasSignedOut = ({ oidc }: KoaContextWithOIDC): boolean =>
  (oidc.session as { destroyed?: boolean } | undefined)?.destroyed === true;

/** The library saves what is not new, or was touched: this is new, and stays untouched. It has the id of ours. */
function neverSaved<T extends ProviderSession>(session: T, visitor: Visitor | undefined): T {
  if (visitor?.person) session.jti = visitor.person.session.id;
  Object.defineProperty(session, 'new', { value: true });
  return Object.defineProperty(session, 'touched', { value: false, writable: false, configurable: false });
}
