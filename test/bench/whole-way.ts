import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createSamlKey } from '../../src/demo/saml-response';
import { freePort } from '../support/free-port';
import { Application, REDIRECT_URI, type CLIENT } from './application';
import { registered, signIns } from './bridge';
import { cpuOfTree } from './cpu';
import { IdentityProvider, metadataOf, respond, type Signing } from './identity-provider';
import { BASE_URL, install, type Installation } from './installation';
import { measure, type Measured, type Plan } from './rounds';
import { Visitor } from './visitor';

const JACKSON = '@boxyhq/saml-jackson@26.2.0';

/** From the application by SAML to tokens and userinfo, each time in a new browser, beside Ory Polis on the same Postgres. */
export async function benchWholeWay(plan: Plan): Promise<Measured[]> {
  const directory = mkdtempSync(join(tmpdir(), 'drawbridge-jackson-'));
  const installation = await install();
  const children: ChildProcess[] = [];
  try {
    const key = await createSamlKey('idp');
    const signing: Signing = { name: 'idp', key, pinned: [key], sign: 'assertion' };
    const provider = await IdentityProvider.connect(installation, signing);
    const application = await registered(installation);
    const ours = () =>
      application.signIn(new Visitor(BASE_URL, installation.origin), (address) => provider.respond(address));

    const origin = `http://127.0.0.1:${await freePort()}`;
    const jackson = await startJackson(directory, origin, installation, signing);
    children.push(jackson.child);
    const sp = { entityId: origin, acsUrl: `${origin}/saml` };
    const theirs = () =>
      jackson.application.signIn(new Visitor(origin, origin), (address) => respond(signing, sp, address));
    const cpu = () => cpuOfTree(jackson.child.pid ?? 0) + installation.databaseCpu();
    return await measure(plan, [
      signIns('application by SAML', ours, () => installation.cpu()),
      signIns(JACKSON, theirs, cpu),
    ]);
  } finally {
    for (const child of children) child.kill();
    await installation.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startJackson(directory: string, origin: string, { databaseUrl }: Installation, signing: Signing) {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', directory];
  execFileSync('npm', ['install', ...quiet, JACKSON], { stdio: 'ignore' });
  const url = await newDatabase(databaseUrl, 'jackson');
  const child = fork(join(__dirname, 'jackson.mjs'), [directory, url, origin, metadataOf(signing), REDIRECT_URI]);
  const [client] = (await once(child, 'message')) as [typeof CLIENT];
  const endpoints = { authorize: `${origin}/authorize`, token: `${origin}/token`, userinfo: `${origin}/userinfo` };
  return { child, application: new Application({ ...endpoints, ...client }) };
}

async function newDatabase(server: string, name: string): Promise<string> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}
