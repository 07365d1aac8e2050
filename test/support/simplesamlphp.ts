import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort } from './free-port';
import { createClient } from './http-client';
import type { HttpClient } from './http-client';
import type { HtmlForm } from './html-form';
import { PASSWORD, PEOPLE } from './people';
import type { Person } from './people';
import { makeKey, phpFile } from './php';
import type { KeyAndCertificate, PhpValue } from './php';
import { startProcess } from './processes';
import { authSources, idpConfig, idpHosted, spRemote } from './simplesamlphp-config';

/** A service provider the IdP shall know. */
export interface ServiceProvider {
  entityId: string;
  acsUrl: string;
  sloUrl?: string;
  /** PEM; encrypts assertions to it and verifies its requests, when `options` ask for that. */
  certificate?: string;
  /**
   * Anything of SimpleSAMLphp's `saml20-sp-remote`: `saml20.sign.response`, `saml20.sign.assertion`,
   * `assertion.encryption`, `NameIDFormat`, `validate.authnrequest`, `redirect.sign`, `authproc` …
   */
  options?: Readonly<Record<string, PhpValue>>;
}

export interface SimpleSamlPhp {
  entityId: string;
  metadataUrl: string;
  ssoUrl: string;
  sloUrl: string;
  /** Signing certificate, PEM. */
  certificate: string;
  pid: number;
  /** Makes a service provider known, or known differently, from the next request on. */
  addServiceProvider(sp: ServiceProvider): Promise<void>;
  /** Replaces the people who can sign in, from the next request on. */
  setPeople(people: readonly Person[]): Promise<void>;
  /**
   * Signs a person in without a browser: follows the AuthnRequest (an address, or a form for HTTP-POST), fills in the
   * login page, and yields the form that carries SAMLResponse and RelayState to the ACS.
   */
  signIn(request: string | HtmlForm, username: string, client?: HttpClient): Promise<HtmlForm>;
  /** A key pair for a service provider of a test. */
  makeKey(commonName: string): Promise<KeyAndCertificate>;
  /** Everything it logged. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** A SAML identity provider not written by us: SimpleSAMLphp, signing response and assertion as it does by default. */
export async function startSimpleSamlPhp(
  start: { sps?: readonly ServiceProvider[]; users?: readonly Person[] } = {},
): Promise<SimpleSamlPhp> {
  const dir = await mkdtemp(join(tmpdir(), 'drawbridge-simplesamlphp-'));
  for (const name of ['cert', 'data', 'log', 'metadata', 'sessions', 'tmp', 'www']) await mkdir(join(dir, name));
  await symlink('/usr/share/simplesamlphp/www', join(dir, 'www/simplesaml'));
  const key = await makeKey(dir, 'Test IdP');
  await writeFile(join(dir, 'cert/idp.key'), key.privateKey);
  await writeFile(join(dir, 'cert/idp.crt'), key.certificate);

  const sps = new Map((start.sps ?? []).map((sp) => [sp.entityId, sp]));
  const writeSps = () => writeConfig(dir, 'metadata/saml20-sp-remote', 'metadata', spRemote([...sps.values()]));
  const setPeople = (people: readonly Person[]) => writeConfig(dir, 'authsources', 'config', authSources(people));
  await writeSps();
  await setPeople(start.users ?? PEOPLE);
  const { server, origin } = await onFreePort((port) => listen(port, dir));

  const idp = `${origin}/simplesaml/saml2/idp`;
  return {
    entityId: `${idp}/metadata.php`,
    metadataUrl: `${idp}/metadata.php`,
    ssoUrl: `${idp}/SSOService.php`,
    sloUrl: `${idp}/SingleLogoutService.php`,
    certificate: key.certificate,
    pid: server.pid,
    addServiceProvider: (sp) => writeSps.call(sps.set(sp.entityId, sp)),
    setPeople,
    makeKey: (name) => makeKey(dir, name),
    signIn: (request, username, client = createClient(origin)) => signIn(client, request, username),
    log: () => readFile(join(dir, 'log/simplesamlphp.log'), 'utf8').catch(() => ''),
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Replaces a file in one step: PHP reads it anew at each request. */
async function writeConfig(dir: string, name: string, variable: string, value: PhpValue): Promise<void> {
  const file = join(dir, `${name}.php`);
  await writeFile(`${file}.new`, phpFile(variable, value));
  await rename(`${file}.new`, file);
}

async function listen(port: number, dir: string) {
  const origin = `http://127.0.0.1:${port}`;
  await writeConfig(dir, 'config', 'config', idpConfig(dir, origin));
  await writeConfig(dir, 'metadata/saml20-idp-hosted', 'metadata', idpHosted(origin));
  const settings = ['opcache.enable=0', `session.save_path=${dir}/sessions`, `sys_temp_dir=${dir}/tmp`];
  const server = await startProcess({
    command: 'php',
    args: [...settings.flatMap((setting) => ['-d', setting]), '-S', `127.0.0.1:${port}`, '-t', join(dir, 'www')],
    env: { SIMPLESAMLPHP_CONFIG_DIR: dir, PHP_CLI_SERVER_WORKERS: '4' },
    stopSignal: 'SIGINT',
    ready: async () => (await fetch(`${origin}/simplesaml/saml2/idp/metadata.php`)).ok,
  });
  return { server, origin };
}

async function signIn(client: HttpClient, request: string | HtmlForm, username: string): Promise<HtmlForm> {
  const sent = typeof request === 'string' ? client.get(request) : client.post(request.action, request.fields);
  const page = await client.follow(await sent);
  const isLogin = 'AuthState' in page.form().fields;
  const answer = isLogin ? await client.submit(page, { username, password: PASSWORD }) : page;
  const form = (await client.follow(answer)).form();
  if (!('SAMLResponse' in form.fields)) throw new Error(`SimpleSAMLphp sent no response:\n${answer.text}`);
  return form;
}
