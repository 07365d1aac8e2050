import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createSamlKey } from '../../src/demo/saml-response';
import { Application, CLIENT, REDIRECT_URI } from './application';
import { cpuOfTree } from './cpu';
import { IdentityProvider } from './identity-provider';
import { BASE_URL, install, type Installation } from './installation';
import { measure, type Candidate, type Measured, type Plan } from './rounds';
import { Visitor } from './visitor';

/** What an application costs whose person is signed in already, against oidc-provider alone, which remembers in memory. */
export async function benchOidcSide(plan: Plan): Promise<Measured[]> {
  const bare = fork(join(__dirname, 'bare-provider.ts'), { execArgv: ['--import', 'tsx'] });
  const installation = await install();
  try {
    const [issuer] = (await once(bare, 'message')) as [string];
    const key = await createSamlKey('idp');
    const provider = await IdentityProvider.connect(installation, {
      name: 'idp',
      key,
      pinned: [key],
      sign: 'assertion',
    });
    const application = await registered(installation);
    const visitor = new Visitor(BASE_URL, installation.origin);
    await application.signIn(visitor, (address) => provider.respond(address));

    const endpoints = { authorize: `${issuer}/auth`, token: `${issuer}/token`, userinfo: `${issuer}/me` };
    const reference = new Application({ ...endpoints, ...CLIENT });
    const known = new Visitor(issuer, issuer);
    return await measure(plan, [
      signIns(
        'application, signed in already',
        () => application.signIn(visitor),
        () => installation.cpu(),
      ),
      signIns(
        'bare oidc-provider',
        () => reference.signIn(known),
        () => cpuOfTree(bare.pid ?? 0),
      ),
    ]);
  } finally {
    bare.kill();
    await installation.stop();
  }
}

/** An application at the installation, which asks for `acme`. */
export async function registered({ api, origin }: Installation): Promise<Application> {
  const form = { name: 'Bench', redirectUris: [REDIRECT_URI], tokenEndpointAuthMethod: 'client_secret_post' };
  const { clientId, clientSecret } = (await api('/applications', form)) as typeof CLIENT;
  return new Application({
    ...{ authorize: `${BASE_URL}/oidc/auth`, token: `${origin}/oidc/token`, userinfo: `${origin}/oidc/me` },
    ...{ clientId, clientSecret, parameters: { organization: 'acme' } },
  });
}

/** Nothing has to be prepared: only what serves the sign-ins is measured. */
export const signIns = (name: string, signIn: () => Promise<void>, cpu: () => number): Candidate<unknown> => ({
  name,
  prepare: (operations) => Promise.resolve(operations),
  async run(operations) {
    for (let done = 0; done < (operations as number); done += 1) await signIn();
  },
  cpu,
});
