import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { isLive } from '../domain/account';
import type { PersonRecord } from '../domain/desired-record';
import { domainOf } from '../domain/email-address';
import type { IdentityKey } from '../domain/proof';
import { openDoor } from '../provisioning/door';
import { preview } from '../provisioning/preview';
import { countsAsVerified, recordFromIdentity } from '../sources/jit';
import { listAccounts, type AccountView } from '../storage/account-views';
import { listConnections, type ConnectionRecord } from '../storage/connections';
import { verifiedDomains } from '../storage/domains';
import type { Caller, ManagementDeps } from './deps';
import { foresee, type Foreseen } from './foresee';
import { email } from './fields';
import { changing, type Island } from './island';
import { accountIn, personOf } from './person';
import { readNames } from './names';
import { issuerOf } from './repointing';

export const explainForm = z
  .strictObject({ email: email.optional(), accountId: z.uuid().optional() })
  .refine(({ email: address, accountId }) => (address === undefined) !== (accountId === undefined), {
    error: 'Give either an e-mail address or an account id.',
    path: ['email'],
    params: { code: 'required' },
  });
export type ExplainForm = z.output<typeof explainForm>;

export interface Explanation {
  results: readonly ({ connection: { id: string; name: string; kind: string; state: string } } & Foreseen)[];
  /** What it rests on, in sentences. */
  why: readonly string[];
}

/** States in which people sign in by a connection. */
const USABLE = ['pilot', 'active', 'required'];

/**
 * What would happen if this person signed in now, by each connection that is open for sign-in: the door's own decision,
 * without a trace. What the provider would send is not known; it is taken to send what is known already.
 */
export const explain = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: ExplainForm,
): Promise<Explanation> =>
  // A transaction, because the preview holds the licences it counts.
  changing(deps, caller, organization, 'accounts:read', async (island) => {
    const account = await accountMeant(island, form);
    const address = account?.email ?? form.email ?? '';
    const known = account ? (await personOf(island, account)).account.identities : [];
    const domains = await verifiedDomains(island.tx, island.organization.id);
    const names = await readNames(island.tx, island.organization.id);
    const usable = (await listConnections(island.tx, island.organization.id)).filter(({ state }) =>
      USABLE.includes(state),
    );
    const results = [];
    for (const connection of usable) {
      const identity = known.find(({ connectionId }) => connectionId === connection.id);
      const record = recordFor(island, connection, identity, address, domains);
      const door = await openDoor(island.tx, island.organization.id, connection.sourceId);
      const decision = await preview(island.tx, door, record, island.now);
      const { id, name, kind, state } = connection;
      results.push({ connection: { id, name, kind, state }, ...foresee(decision, account, names) });
    }
    return { results, why: reasons(island, account, address, domains, usable) };
  });

async function accountMeant(island: Island, { accountId, email: address }: ExplainForm) {
  if (accountId) return accountIn(island, accountId);
  const found = await listAccounts(island.tx, { organizationId: island.organization.id, limit: 5, email: address });
  return found.find(({ status }) => isLive(status));
}

/** What the connection would bring to the door: the identity it brought before, or one that nobody has seen. */
function recordFor(
  { now }: Island,
  connection: ConnectionRecord,
  known: IdentityKey | undefined,
  address: string,
  domains: ReadonlySet<string>,
): PersonRecord {
  const key = known ?? { connectionId: connection.id, issuer: issuerOf(connection), subject: uuid() };
  const identity = { ...key, attributes: {}, emailVerified: false, authenticatedAt: now, amr: [] };
  const attributes = known ? {} : { email: address };
  const emailVerified = countsAsVerified(identity, { attributes: { email: address } }, connection.trustEmail, domains);
  return recordFromIdentity(connection.sourceId, identity, { attributes }, { emailVerified });
}

function reasons(
  { policy }: Island,
  account: AccountView | undefined,
  address: string,
  domains: ReadonlySet<string>,
  usable: readonly ConnectionRecord[],
): string[] {
  const domain = domainOf(address);
  return [
    account
      ? `There is an account with this address; it is ${account.status}.`
      : 'There is no account with this address.',
    domains.has(domain)
      ? `The organization has proved ${domain}.`
      : `The organization has not proved ${domain}: an address there counts as verified only when the provider says so of it.`,
    `These sources may bring people in: ${policy.allowedSources.join(', ') || 'none'}.`,
    ...(usable.length ? [] : ['No connection is in state pilot, active or required: people sign in with passwords.']),
    'Names, groups and what else the provider sends are known only at the sign-in.',
  ];
}
