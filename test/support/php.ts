import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a PHP configuration file may hold. A record with numeric names becomes a list with those indexes. */
export type PhpValue = string | number | boolean | null | readonly PhpValue[] | { readonly [key: string]: PhpValue };

/** PHP source of a value. */
export function phpLiteral(value: PhpValue): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const items: readonly string[] = Array.isArray(value)
    ? (value as readonly PhpValue[]).map(phpLiteral)
    : Object.entries(value).map(([key, item]) => `${phpLiteral(key)} => ${phpLiteral(item)}`);
  return `[${items.join(', ')}]`;
}

/** A PHP file that sets one variable, as SimpleSAMLphp reads its configuration. */
export const phpFile = (variable: string, value: PhpValue): string => `<?php\n$${variable} = ${phpLiteral(value)};\n`;

const MAKE_KEY = `
  [, $dir, $name] = $argv;
  $options = ['config' => "$dir/openssl.cnf", 'private_key_bits' => 2048, 'digest_alg' => 'sha256'];
  $key = openssl_pkey_new($options);
  $request = openssl_csr_new(['commonName' => $name], $key, $options);
  openssl_x509_export(openssl_csr_sign($request, null, $key, 30, $options, random_int(1, PHP_INT_MAX)), $certificate);
  openssl_pkey_export($key, $privateKey, null, $options);
  echo json_encode(['certificate' => $certificate, 'privateKey' => $privateKey]);
`;

/** PEM. */
export interface KeyAndCertificate {
  certificate: string;
  privateKey: string;
}

/** A fresh RSA key and its self-signed certificate, valid for 30 days. `dir` is for a passing file. */
export async function makeKey(dir: string, commonName: string): Promise<KeyAndCertificate> {
  await writeFile(join(dir, 'openssl.cnf'), '[req]\ndistinguished_name = subject\n[subject]\n');
  const { stdout } = await promisify(execFile)('php', ['-r', MAKE_KEY, dir, commonName]);
  return JSON.parse(stdout) as KeyAndCertificate;
}
