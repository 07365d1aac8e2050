import { createPublicKey, type KeyObject } from 'node:crypto';
import { readCertificate } from '../certificate';
import type { SamlSettings } from '../settings';

/** The public keys of the pinned certificates; only RSA verifies anything here. */
export const pinnedKeys = ({ certificates }: SamlSettings): readonly KeyObject[] =>
  certificates
    .map(readCertificate)
    .filter((facts) => facts?.keyType === 'rsa')
    .map((facts) => createPublicKey(facts?.pem ?? ''));
