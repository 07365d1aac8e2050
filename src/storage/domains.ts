import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { OrganizationId } from '../domain/ids';
import { row, rows, type Transaction } from './rows';
import { domains, type DomainRow } from './schema';

export const listDomains = (tx: Transaction, organizationId: OrganizationId): Promise<DomainRow[]> =>
  tx.getRepository(domains).find({ where: { organizationId }, order: { domain: 'ASC' } });

export const findDomain = (tx: Transaction, organizationId: OrganizationId, id: string): Promise<DomainRow | null> =>
  tx.getRepository(domains).findOne({ where: { organizationId, id } });

/** Adds a domain, vouched for or to be proved by DNS. Violates `domains_verified` when another organization proved it. */
export async function insertDomain(
  tx: Transaction,
  organizationId: OrganizationId,
  domain: string,
  vouchedAt: Date | null,
): Promise<DomainRow> {
  const added: DomainRow = {
    organizationId,
    id: uuid(),
    domain,
    proofToken: `drawbridge-verification=${randomBytes(16).toString('hex')}`,
    verifiedAt: vouchedAt,
    verifiedBy: vouchedAt ? 'vouched' : null,
    createdAt: new Date(),
  };
  await tx.getRepository(domains).insert(added);
  return added;
}

export async function markDomainVerified(
  tx: Transaction,
  organizationId: OrganizationId,
  id: string,
  at: Date,
  by: 'vouched' | 'dns',
): Promise<void> {
  await tx.getRepository(domains).update({ organizationId, id }, { verifiedAt: at, verifiedBy: by });
}

export async function deleteDomain(tx: Transaction, organizationId: OrganizationId, id: string): Promise<boolean> {
  return Boolean((await tx.getRepository(domains).delete({ organizationId, id })).affected);
}

/** Names of the domains that the organization has proved. */
export async function verifiedDomains(tx: Transaction, organizationId: OrganizationId): Promise<ReadonlySet<string>> {
  const found = await rows<{ domain: string }>(
    tx,
    `SELECT domain FROM domains WHERE organization_id = $1 AND verified_at IS NOT NULL`,
    [organizationId],
  );
  return new Set(found.map((one) => one.domain));
}

/** The organization that has proved a domain: home realm discovery. Yields its current slug and id. */
export const organizationOfDomain = (
  tx: Transaction,
  domain: string,
): Promise<{ organizationId: OrganizationId; slug: string } | undefined> =>
  row(
    tx,
    `SELECT d.organization_id, s.slug FROM domains d JOIN organization_slugs s ON s.organization_id = d.organization_id AND s.is_current
      WHERE d.domain = $1 AND d.verified_at IS NOT NULL`,
    [domain],
  );
