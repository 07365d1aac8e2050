import { mayStillProve } from '../domain/linking';
import { hashOf } from '../sign-in/attempt';
import type { AccountView } from '../storage/account-views';
import type { RequestToProve } from '../storage/link-requests';
import type { LiveSession } from '../storage/sessions';
import type { SsoStanding } from '../domain/break-glass';

/** What is looked at before an identity is linked on a person's own word. */
export interface ProofFacts {
  request: RequestToProve;
  account: AccountView;
  session: LiveSession;
  /** The browser's own random id, from its cookie. */
  browser: string | undefined;
  standing: SsoStanding;
  /** Whom the identity signs in by now. */
  holder: string | undefined;
  now: Date;
}

type Condition = (facts: ProofFacts) => boolean;

/** Security 17: all must hold. Who signs in the old way, after the refusal and where it was met, has proved both. */
const CONDITIONS: readonly (readonly [rule: string, holds: Condition])[] = [
  ['request_open', ({ request }) => request.state === 'open'],
  ['within_the_hour', ({ request: { refusedAt }, now }) => refusedAt !== null && mayStillProve(refusedAt, now)],
  ['own_account', ({ request, session }) => request.accountId === session.accountId],
  ['same_browser', ({ request, browser }) => isHash(request.browserHash, browser)],
  ['signed_in_since', ({ request, session }) => request.refusedAt !== null && session.createdAt > request.refusedAt],
  ['password_permitted', ({ session, standing }) => session.connectionId !== null || standing !== 'required'],
  ['not_admin_managed', ({ account }) => !account.adminManaged],
  // So the session came about by another method: an identity that signs in nobody began none.
  ['identity_free', ({ holder }) => holder === undefined],
];

/** The first condition that does not hold. */
export const unmetCondition = (facts: ProofFacts): string | undefined =>
  CONDITIONS.find(([, holds]) => !holds(facts))?.[0];

const isHash = (hash: Buffer | null, text: string | undefined): boolean =>
  hash !== null && text !== undefined && hash.equals(hashOf(text));
