import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createSamlKey } from './saml-key';

const Secrets = z.object({
  saml: z.object({ certificate: z.string(), privateKey: z.string() }),
  oidc: z.object({ clientSecret: z.string(), signingKey: z.looseObject({ kty: z.literal('RSA') }) }),
});

/** The keys of the sample identity provider. Connections trust them, so they outlive a restart. */
export type SampleSecrets = z.infer<typeof Secrets>;

async function createSecrets(): Promise<SampleSecrets> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return Secrets.parse({
    saml: await createSamlKey(),
    oidc: { clientSecret: randomBytes(32).toString('base64url'), signingKey: privateKey.export({ format: 'jwk' }) },
  });
}

/** Reads the secrets from `dataDir`, or makes them there, readable by the owner only. */
export async function loadSecrets(dataDir: string): Promise<SampleSecrets> {
  const file = join(dataDir, 'sample-idp.json');
  if (existsSync(file)) return Secrets.parse(JSON.parse(await readFile(file, 'utf8')));

  const secrets = await createSecrets();
  await mkdir(dataDir, { recursive: true });
  // Renamed into place: a start that is killed in between leaves no half-written file.
  await writeFile(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}
