import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createSamlKey } from '../../src/demo/saml-response';
import { cpuOfTree } from './cpu';
import { IdentityProvider, type Pending } from './identity-provider';
import { install, type Installation } from './installation';
import { measure, type Candidate, type Measured, type Plan } from './rounds';

/** The ACS route, with everything a returning person's sign-in writes, against bare node-saml on the same responses. */
export async function benchAcs(plan: Plan, sign: 'assertion' | 'both'): Promise<Measured[]> {
  const bare = fork(join(__dirname, 'bare.ts'), { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const installation = await install();
  try {
    const key = await createSamlKey('idp');
    const provider = await IdentityProvider.connect(installation, { name: 'idp', key, pinned: [key], sign });
    const validation: Candidate<string[]> = {
      name: 'bare validatePostResponseAsync',
      prepare: (operations) => provider.mint(operations),
      run: (responses) => validate(bare, provider, responses),
      cpu: () => cpuOfTree(bare.pid ?? 0),
    };
    return await measure(plan, [route('ACS route', installation, provider), validation] as Candidate<unknown>[]);
  } finally {
    bare.kill();
    await installation.stop();
  }
}

/** Three pinned certificates, of which the last has signed, against one; with it in the message, or without. */
export async function benchPinned(plan: Plan, keyInfo: boolean): Promise<Measured[]> {
  const installation = await install();
  try {
    const [key, next, old] = await Promise.all([createSamlKey('idp'), createSamlKey('next'), createSamlKey('old')]);
    const signing = { key, sign: 'assertion', keyInfo } as const;
    const three = await IdentityProvider.connect(installation, { ...signing, name: 'three', pinned: [next, old, key] });
    const one = await IdentityProvider.connect(installation, { ...signing, name: 'one', pinned: [key] });
    return await measure(plan, [
      route('three pinned certificates', installation, three),
      route('one pinned certificate', installation, one),
    ] as Candidate<unknown>[]);
  } finally {
    await installation.stop();
  }
}

const route = (name: string, installation: Installation, provider: IdentityProvider): Candidate<Pending[]> => ({
  name,
  prepare: (operations) => provider.prepare(operations),
  run: (pending) => provider.post(pending),
  cpu: () => installation.cpu(),
});

async function validate(
  bare: ChildProcess,
  { signing, connection }: IdentityProvider,
  responses: readonly string[],
): Promise<void> {
  const done = once(bare, 'message');
  bare.send({
    options: {
      idpCert: signing.key.certificate,
      issuer: connection.sp.entityId,
      callbackUrl: connection.sp.acsUrl,
    },
    responses,
  });
  await done;
}
