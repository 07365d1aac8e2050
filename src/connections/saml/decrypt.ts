import { promisify } from 'node:util';
import { decrypt, decryptKeyInfo } from 'xml-encryption';
import { NS } from './names';
import type { SpKey } from './settings';
import type { Element } from './xml';

/**
 * Finds the key that an EncryptedAssertion was made for, by unwrapping its content key. With a single key there is
 * nothing to find.
 * @returns undefined when none fits
 */
export function decryptionKey(encrypted: Element, spKeys: readonly SpKey[]): string | undefined {
  const [only, ...more] = spKeys;
  if (only && !more.length) return only.privateKey;
  const xml = encrypted.toString();
  return spKeys.find(({ privateKey }) => unwraps(xml, privateKey))?.privateKey;
}

function unwraps(xml: string, key: string): boolean {
  try {
    return decryptKeyInfo(xml, { key, disallowDecryptionWithInsecureAlgorithm: true }).length > 0;
  } catch {
    // OAEP fails with any key but the right one.
    return false;
  }
}

/**
 * Decrypts an EncryptedAssertion (XML Encryption 1.1) whose algorithms the rule `encryption` has let pass.
 * @returns the plaintext, undefined when it does not open
 */
export async function decryptAssertion(encrypted: Element, key: string): Promise<string | undefined> {
  // AES-CBC counts as insecure there; the rule saw to it that a signature encloses it.
  const options = { key, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false };
  try {
    return await promisify(decrypt)(encrypted.toString(), options);
  } catch {
    return undefined;
  }
}

/** Puts a decrypted assertion, which declares its own namespaces, where its EncryptedAssertion stood. */
export const inBareResponse = (plaintext: string): string =>
  `<samlp:Response xmlns:samlp="${NS.protocol}">${plaintext}</samlp:Response>`;
