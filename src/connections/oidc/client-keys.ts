import { X509Certificate } from 'node:crypto';
import { exportJWK, importPKCS8, importX509, type JWK } from 'jose';
import { modifyAssertion, PrivateKeyJwt, type ClientAuth } from 'openid-client';
import type { ConnectionContext } from '../connection';
import type { ClientKey, OidcSettings } from './settings';

const ALGORITHM = 'RS256';

/**
 * Authenticates this service by a JWT that the connection's own key signs (Core 9, RFC 7523): `private_key_jwt`. The
 * provider finds the key by `kid` in the published set, or, where a certificate was uploaded (Entra ID), by its hash.
 */
export async function privateKeyJwt([signing]: readonly ClientKey[] = []): Promise<ClientAuth> {
  if (!signing) throw new Error('A connection with private_key_jwt has at least one key pair.');
  const key = await importPKCS8(signing.privateKey, ALGORITHM);
  const thumbprint = thumbprintOf(signing.certificate);
  return PrivateKeyJwt(
    { key, kid: signing.id },
    { [modifyAssertion]: (header) => void (header['x5t#S256'] = thumbprint) },
  );
}

/** The public keys of this service for one connection (RFC 7517), those of a rotation included. */
export async function jwks({ settings }: ConnectionContext<OidcSettings>): Promise<{ keys: readonly JWK[] }> {
  return { keys: await Promise.all((settings.clientKeys ?? []).map(publicJwk)) };
}

const publicJwk = async ({ id, certificate }: ClientKey): Promise<JWK> => ({
  ...(await exportJWK(await importX509(certificate, ALGORITHM))),
  kid: id,
  use: 'sig',
  alg: ALGORITHM,
  'x5t#S256': thumbprintOf(certificate),
});

/** RFC 7515, 4.1.8. */
const thumbprintOf = (certificate: string): string =>
  Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
