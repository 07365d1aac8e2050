import type { StoredSettings } from '../sign-in/open-connection';
import type { ConnectionRecord } from '../storage/connections';
import { verifiedDomains } from '../storage/domains';
import { countRepointing, type RepointingCounts } from '../storage/repointing';
import type { Island } from './island';
import type { Warning } from './saml-settings';

type Pointed = Pick<ConnectionRecord, 'kind' | 'settings' | 'trustEmail'>;

/** What a change of a connection means for the people who sign in by it. */
export interface Repointing extends Pick<RepointingCounts, 'identities' | 'accounts'> {
  issuer: { before: string; after: string; changes: boolean };
  outcomes: Pick<RepointingCounts, 'signIn' | 'linkByVerifiedEmail' | 'needLinkRequest'>;
  /** In sentences. */
  whatHappens: readonly string[];
}

/** The identity provider's entity id, or the OpenID provider's issuer: identities are keyed by it (security 17). */
export const issuerOf = ({ kind, settings }: Pick<Pointed, 'kind' | 'settings'>): string =>
  kind === 'saml' ? (settings as StoredSettings['saml']).idpEntityId : (settings as StoredSettings['oidc']).issuer;

/** Counts what would happen; changes nothing. */
export async function foreseeRepointing(
  { tx, organization, policy }: Island,
  before: ConnectionRecord,
  after: Pointed,
): Promise<Repointing> {
  const issuer = { before: issuerOf(before), after: issuerOf(after) };
  const links = after.trustEmail === 'verified_domains' && policy.linkBy.includes('verified_email');
  const counts = await countRepointing(tx, {
    ...{ organizationId: organization.id, connectionId: before.id, issuer },
    linkingDomains: links ? [...(await verifiedDomains(tx, organization.id))] : [],
  });
  const { identities, accounts, ...outcomes } = counts;
  const changes = issuer.before !== issuer.after;
  return {
    issuer: { ...issuer, changes },
    identities,
    accounts,
    outcomes,
    whatHappens: inWords(issuer, changes, counts),
  };
}

function inWords(
  { before, after }: { before: string; after: string },
  changes: boolean,
  { identities, accounts, signIn, linkByVerifiedEmail, needLinkRequest }: RepointingCounts,
): string[] {
  const known = changes
    ? [
        `Identities that ${before} is known by: ${identities}, of ${accounts} accounts. They stay as they are, and sign nobody in until the connection points there again.`,
        `Accounts that have an identity from ${after}: ${signIn}. With the same subject, people sign in to them.`,
      ]
    : [
        `The issuer stays ${before}. Accounts that have an identity from there: ${signIn}. People sign in to them as before.`,
      ];
  return [
    ...known,
    `Accounts without any identity, whose address counts as verified: ${linkByVerifiedEmail}. The first sign-in with that address is linked.`,
    `Other accounts: ${needLinkRequest}. A sign-in with the address of one is refused (link_requires_proof) until the person proves it is theirs or an admin approves the link request; nobody is taken over.`,
    'Whoever comes with an address that no account has is somebody new.',
    'Accounts are counted that are active or invited now. Which address and subject the provider will send for a person, and whether it vouches for the address itself, is known only at the sign-in.',
  ];
}

/** Said by the change itself, too. */
export const issuerChanged = ({ identities, accounts, outcomes, whatHappens }: Repointing): Warning => ({
  code: 'issuer_changed',
  message: whatHappens.join(' '),
  counts: { identities, accounts, ...outcomes },
});
