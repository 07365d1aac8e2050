import { domainOf, normalizeDomain, normalizeEmail } from '../domain/email-address';
import { organizationOfDomain } from '../storage/domains';
import { findSlugByName } from '../storage/organizations';
import type { Transaction } from '../storage/rows';

/** Home realm discovery: a work e-mail or domain by its verified domain, anything else by slug or name. Yields the slug. */
export async function findOrganizationByNameOrDomain(tx: Transaction, text: string): Promise<string | undefined> {
  // Text in Postgres holds no NUL, and so no organization's name does.
  if (text.includes('\0')) return undefined;
  const email = normalizeEmail(text);
  const domain = email ? domainOf(email) : normalizeDomain(text);
  const byDomain = domain ? await organizationOfDomain(tx, domain) : undefined;
  if (byDomain || email) return byDomain?.slug;
  return findSlugByName(tx, text);
}
