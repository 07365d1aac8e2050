import { listConnections } from './connections';
import { listKeys } from './connection-keys';
import type { Caller, ManagementDeps } from './deps';

const MOST_CONNECTIONS = 200;
const MOST_KEYS = 10;

/** Until when a certificate is good. */
export interface CertificateEnd {
  connection: { id: string; name: string };
  /** The identity provider's, or the connection's own. */
  of: 'provider' | 'own';
  notAfter: Date;
}

/** Every certificate of the connections that are not switched off, the first to end first. */
export async function listCertificates(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
): Promise<readonly CertificateEnd[]> {
  const { items } = await listConnections(deps, caller, organization, { limit: MOST_CONNECTIONS });
  const ends: CertificateEnd[] = [];
  for (const { id, name, settings } of items.filter(({ state }) => state !== 'disabled')) {
    const connection = { id, name };
    const keys = await listKeys(deps, caller, organization, id, { limit: MOST_KEYS });
    ends.push(...providerEnds(settings).map((notAfter) => ({ connection, of: 'provider' as const, notAfter })));
    ends.push(...keys.items.map(({ notAfter }) => ({ connection, of: 'own' as const, notAfter })));
  }
  return ends.sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
}

/** Of a SAML identity provider's certificates; an OpenID provider has none here. */
export const providerEnds = (settings: object): readonly Date[] => {
  const { certificates = [] } = settings as { certificates?: readonly { notAfter: Date }[] };
  return certificates.map(({ notAfter }) => notAfter);
};
