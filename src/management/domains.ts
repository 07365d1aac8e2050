import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { isRegistrableDomain, normalizeDomain } from '../domain/email-address';
import { AppError } from '../domain/errors';
import {
  deleteDomain,
  findDomain,
  insertDomain,
  listDomains as readDomains,
  markDomainVerified,
} from '../storage/domains';
import type { DomainRow } from '../storage/schema';
import type { Caller, ManagementDeps } from './deps';
import { changing, reading, type Island } from './island';
import { mapPage, pageThrough, type Page, type PageQuery } from './page';
import { requireAllRights } from './scopes';

const DNS_TIMEOUT_MS = 3000;

export const newDomainForm = z.strictObject({
  domain: z
    .string()
    .transform((text, context) => {
      const domain = normalizeDomain(text);
      if (domain && isRegistrableDomain(domain)) return domain;
      const params = { code: domain ? 'public_suffix' : 'invalid_domain' };
      const message = domain ? 'Names below this one belong to many organizations.' : 'This is not a domain name.';
      context.addIssue({ code: 'custom', message, params });
      return z.NEVER;
    })
    .meta({ example: 'acme.example' }),
  verified: z.boolean().optional().meta({
    description: 'True: vouched for, by a key with all rights. Otherwise a DNS TXT record proves the domain.',
  }),
});
export type NewDomainForm = z.output<typeof newDomainForm>;

export interface DomainView {
  id: string;
  domain: string;
  verified: boolean;
  verifiedAt: Date | null;
  verifiedBy: 'vouched' | 'dns' | null;
  /** The record that proves the domain. */
  dns: { type: 'TXT'; name: string; value: string };
  createdAt: Date;
}

const viewOf = ({ id, domain, proofToken, verifiedAt, verifiedBy, createdAt }: DomainRow): DomainView => ({
  id,
  domain,
  verified: verifiedAt !== null,
  verifiedAt,
  verifiedBy,
  dns: { type: 'TXT', name: recordName(domain), value: proofToken },
  createdAt,
});

const recordName = (domain: string): string => `_drawbridge.${domain}`;

/** @throws AppError insufficient_scope for vouching without all rights; domain_taken; conflict */
export function addDomain(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  { domain, verified = false }: NewDomainForm,
): Promise<DomainView> {
  if (verified)
    requireAllRights(caller, 'Only a key with all rights may vouch; let a DNS TXT record prove the domain.');
  return changing(deps, caller, organization, 'domains:write', async ({ tx, organization: { id }, now, note }) => {
    const added = await insertDomain(tx, id, domain, verified ? now : null);
    const resource = `domain:${added.id}`;
    await note({ action: 'domain.added', resource, details: { domain } });
    if (verified) await note({ action: 'domain.verified', resource, details: { domain, by: 'vouched' } });
    return viewOf(added);
  });
}

export const listDomains = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  page: PageQuery,
): Promise<Page<DomainView>> =>
  reading(deps, caller, organization, 'domains:read', async ({ tx, organization: { id } }) =>
    mapPage(pageThrough(await readDomains(tx, id), page), viewOf),
  );

export const readDomain = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<DomainView> =>
  reading(deps, caller, organization, 'domains:read', async (island) => viewOf(await domainIn(island, id)));

/** A domain after its record was looked for. */
export interface DomainCheck {
  domain: DomainView;
  /** What stands where the record should be; undefined when the DNS did not answer. */
  found?: readonly string[];
}

/** Looks for the TXT record now. @throws AppError domain_not_verified with what was looked for; domain_taken */
export async function verifyDomain(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<DomainView> {
  const { domain, found } = await checkDomain(deps, caller, organization, id);
  if (domain.verified) return domain;
  const { name } = domain.dns;
  throw new AppError('domain_not_verified', {
    detail: found?.length
      ? `The TXT record at ${name} does not hold the expected value.`
      : `No TXT record was found at ${name}.`,
  });
}

/** As `verifyDomain`; a record that is not there is an answer. @throws AppError domain_taken */
export async function checkDomain(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<DomainCheck> {
  const asked = await reading(deps, caller, organization, 'domains:write', (island) => domainIn(island, id));
  if (asked.verifiedAt) return { domain: viewOf(asked) };
  const found = await textsAt(deps, recordName(asked.domain));
  if (!found?.some((text) => text.trim() === asked.proofToken)) return { domain: viewOf(asked), found };
  return changing(deps, caller, organization, 'domains:write', async (island) => {
    const { tx, now, note } = island;
    const { organizationId, domain, verifiedAt } = await domainIn(island, id);
    if (!verifiedAt) {
      await markDomainVerified(tx, organizationId, id, now, 'dns');
      await note({ action: 'domain.verified', resource: `domain:${id}`, details: { domain, by: 'dns' } });
    }
    return { domain: viewOf(await domainIn(island, id)) };
  });
}

/** The TXT records of a name; undefined when nobody could say. */
async function textsAt(deps: ManagementDeps, name: string): Promise<readonly string[] | undefined> {
  try {
    const records = await (deps.resolveTxt ?? resolveTxt)(name);
    return records.map((parts) => parts.join(''));
  } catch (error) {
    return NO_RECORD.includes((error as { code?: string }).code ?? '') ? [] : undefined;
  }
}

/** What the DNS says of a name that has none. */
const NO_RECORD: readonly string[] = ['ENOTFOUND', 'ENODATA'];

const resolveTxt = (name: string): Promise<string[][]> =>
  new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 }).resolveTxt(name);

export const removeDomain = (deps: ManagementDeps, caller: Caller, organization: string, id: string): Promise<void> =>
  changing(deps, caller, organization, 'domains:write', async (island) => {
    const { domain } = await domainIn(island, id);
    await deleteDomain(island.tx, island.organization.id, id);
    await island.note({ action: 'domain.removed', resource: `domain:${id}`, details: { domain } });
  });

async function domainIn({ tx, organization }: Island, id: string): Promise<DomainRow> {
  const found = await findDomain(tx, organization.id, id);
  if (!found) throw new AppError('not_found');
  return found;
}
