import type { ErrorCode } from '../domain/errors';
import type { SessionId } from '../domain/ids';
import { holdForLink, linkAsDecided, type DecidedLink } from '../provisioning/link';
import { hashOf } from '../sign-in/attempt';
import { findAccount } from '../storage/account-views';
import { holderOfIdentity, listIdentities } from '../storage/identities';
import { writeLedger } from '../storage/ledger';
import { decideLinkRequest, findRequestToProve, type RequestToProve } from '../storage/link-requests';
import type { Transaction } from '../storage/rows';
import { findLiveSession } from '../storage/sessions';
import { readSsoStanding } from '../storage/sso-standing';
import { inTransaction } from '../storage/transaction';
import type { SelfServiceDeps } from './deps';
import { unmetCondition, type ProofFacts } from './proof-conditions';
import type { Visit } from './visit';

/** Somebody signed in, in a browser that may have shown another identity before. */
export interface ProvingVisit extends Visit {
  accountId: string;
  sessionId: SessionId;
  /** The browser's own random id, from its cookie. */
  browser?: string;
}

/** A link that the person may make now. */
export interface OfferedLink {
  requestId: string;
  connection: string;
  refusedAt: Date;
  /** As the provider gave it. */
  email: string | null;
  person: { displayName: string | null; email: string };
  /** The account has an identity there already, which is retired. */
  replaces: boolean;
}

/** What this browser was refused last, where the person who is signed in may link it themselves. Changes nothing. */
export async function offeredLink(deps: SelfServiceDeps, visit: ProvingVisit): Promise<OfferedLink | undefined> {
  const { manager } = deps.db;
  const { organization, browser } = visit;
  if (!browser) return undefined;
  const request = await findRequestToProve(manager, organization.id, { browserHash: hashOf(browser) });
  const facts = request && (await factsOf(manager, visit, request, deps.now()));
  if (!facts?.request.refusedAt || unmetCondition(facts)) return undefined;
  const { account } = facts;
  const identities = await listIdentities(manager, organization.id, account.id);
  return {
    requestId: facts.request.id,
    connection: facts.request.connectionName,
    refusedAt: facts.request.refusedAt,
    email: facts.request.email,
    person: { displayName: account.displayName, email: account.email },
    replaces: identities.some(({ connectionId }) => connectionId === facts.request.connectionId),
  };
}

type Proved = { kind: 'linked' } | { kind: 'refused'; code: ErrorCode };

/**
 * Links the identity to the account at once, without an admin. What the page offered is looked at again under lock: the
 * page may be old, or somebody else's. The account's other sessions end, this one goes on.
 */
export const linkByProof = (deps: SelfServiceDeps, visit: ProvingVisit, requestId: string): Promise<Proved> =>
  inTransaction(deps.db, async (tx) => {
    const now = deps.now();
    const organizationId = visit.organization.id;
    const asked = await findRequestToProve(tx, organizationId, { id: requestId });
    const account = asked && (await findAccount(tx, organizationId, asked.accountId));
    if (!asked || !account) return refuse(tx, visit, now, 'request_known');
    const { connectionId, issuer, subject } = asked;
    const link = { organizationId, account, identity: { connectionId, issuer, subject } };
    await holdForLink(tx, link);
    const request = await findRequestToProve(tx, organizationId, { id: requestId });
    const facts = request && (await factsOf(tx, visit, request, now));
    if (!facts) return refuse(tx, visit, now, 'session_live');
    const unmet = unmetCondition(facts);
    return unmet ? refuse(tx, visit, now, unmet) : prove(tx, visit, link, facts);
  });

/** Undefined when the session or the account is over. */
async function factsOf(
  tx: Transaction,
  { organization, sessionId, browser }: ProvingVisit,
  request: RequestToProve,
  now: Date,
): Promise<ProofFacts | undefined> {
  const session = await findLiveSession(tx, organization.id, sessionId, now);
  const account = await findAccount(tx, organization.id, request.accountId);
  if (!session || !account) return undefined;
  const standing = await readSsoStanding(tx, organization.id);
  const holder = await holderOfIdentity(tx, organization.id, request);
  return { request, account, session, browser, standing, holder, now };
}

async function prove(
  tx: Transaction,
  { sessionId, requestId }: ProvingVisit,
  link: DecidedLink,
  { request, now }: ProofFacts,
): Promise<Proved> {
  const { organizationId, account } = link;
  const actor = { kind: 'account', id: account.id } as const;
  const decided = await decideLinkRequest(tx, organizationId, request.id, 'proved', actor, now);
  if (!decided) return { kind: 'refused', code: 'link_not_provable' };
  const { attemptId, connectionId } = decided;
  const who = { actor, requestId, ...(attemptId && { attemptId }) };
  const line = { ...who, organizationId, contactId: account.contactId, accountId: account.id, connectionId };
  await writeLedger(tx, now, [{ ...line, action: 'link_request.proved', resource: `link_request:${request.id}` }]);
  await linkAsDecided(tx, link, 'proof', { ...who, now }, sessionId);
  return { kind: 'linked' };
}

/** The ledger knows which condition did not hold; people hear one sentence. */
async function refuse(
  tx: Transaction,
  { organization, accountId, requestId }: ProvingVisit,
  now: Date,
  rule: string,
): Promise<Proved> {
  const outcome = 'link_not_provable';
  await writeLedger(tx, now, [
    {
      ...{ organizationId: organization.id, actor: { kind: 'account', id: accountId }, accountId, requestId },
      ...{ action: 'identity.link_refused', outcome, details: { rule } },
    },
  ]);
  return { kind: 'refused', code: outcome };
}
