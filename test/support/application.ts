import * as client from 'openid-client';
import { answer, begunBy, deliver, type SamlConnection, type TestIdp, type TestPerson } from './acme';
import type { HttpClient } from './http-client';
import type { TestService } from './service';

/** An application behind the bridge, on plain openid-client. Nothing listens at its redirect URI: tests read the address. */
export interface TestApplication {
  id: string;
  config: client.Configuration;
  redirectUri: string;
  /** The browser goes where the application sends it, as far as it comes by itself. */
  start(browser: HttpClient, parameters?: Readonly<Record<string, string>>): Promise<Journey>;
}

/** A sign-in that the application began. */
export interface Journey {
  /** Where the browser stands: the application's redirect URI, the identity provider, or a page of ours. */
  at: string;
  status: number;
  text: string;
  /** Answers of ours on the way. */
  hops: number;
  /** Takes up again where the browser is sent after a step of the test's own. */
  resume(path: string): Promise<Journey>;
  /** Redeems the code that the browser brought. */
  redeem(): Promise<Tokens>;
  /** As the application takes another address for its answer. */
  redeemAt(address: string): Promise<Tokens>;
}

export type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

export const REDIRECT_URI = 'https://app.example/callback';

/** Registers an application. */
export async function createApplication(
  service: TestService,
  registration: Readonly<Record<string, unknown>> = {},
  authentication?: client.ClientAuth,
): Promise<TestApplication> {
  const made = await service.api<{ id: string; clientId: string; clientSecret: string; issuer: string }>(
    'POST',
    '/applications',
    { name: 'Timesheets', redirectUris: [REDIRECT_URI], ...registration },
  );
  const algorithm = registration.idTokenSignedResponseAlg ?? 'ES256';
  const config = await client.discovery(
    new URL(made.issuer),
    made.clientId,
    { id_token_signed_response_alg: algorithm as string },
    authentication ?? client.ClientSecretBasic(made.clientSecret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );
  return applicationOf(service, made.id, config);
}

export function applicationOf(service: TestService, id: string, config: client.Configuration): TestApplication {
  return {
    id,
    config,
    redirectUri: REDIRECT_URI,
    async start(browser, parameters = {}) {
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT_URI,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...{ state, nonce, ...parameters },
      });
      const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce };
      return journey(service, browser, url.href, (at) => client.authorizationCodeGrant(config, new URL(at), checks));
    },
  };
}

async function journey(
  service: TestService,
  browser: HttpClient,
  address: string,
  redeem: (at: string) => Promise<Tokens>,
): Promise<Journey> {
  let at = new URL(address, service.baseUrl).href;
  for (let hops = 1; ; hops += 1) {
    if (hops > 12) throw new Error(`the browser goes in circles, at ${at}`);
    const { status, text, location } = await browser.get(at);
    const next = location === undefined ? undefined : new URL(location, at).href;
    if (next?.startsWith(service.baseUrl)) at = next;
    else
      return {
        ...{ at: next ?? at, status, text, hops },
        resume: (path) => journey(service, browser, path, redeem),
        redeem: () => redeem(next ?? at),
        redeemAt: redeem,
      };
  }
}

/** The identity provider answers what the browser was sent with; the browser goes on from there. */
export async function throughIdp(
  browser: HttpClient,
  arrived: Journey,
  { idp, connection, person, slug }: { idp: TestIdp; connection: SamlConnection; person: TestPerson; slug: string },
): Promise<Journey> {
  const reply = await deliver(browser, connection, await answer(idp, connection, person, begunBy(arrived.at)), slug);
  if (!reply.location) throw new Error(`not signed in: ${reply.status} ${reply.text.slice(0, 500)}`);
  return arrived.resume(reply.location);
}

/** What stands in the application's address that the browser came to. */
export const answerAt = ({ at }: Journey): Record<string, string> => Object.fromEntries(new URL(at).searchParams);
