import { once } from 'node:events';
import { createServer } from 'node:http';
import express, { type Request, type Response, type Router } from 'express';
import helmet from 'helmet';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import type { Logger } from 'pino';
import { STYLESHEET } from './assets';
import { applicationHome, applicationProblem } from './sample-application-pages';
import { createVisits, type Visits } from './sample-application-visits';

const HOST = '127.0.0.1';
const POLICY = { defaultSrc: ["'none'"], styleSrc: ["'self'"], imgSrc: ['data:'], frameAncestors: ["'none'"] };
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export interface SampleApplicationOptions {
  port: number;
  issuer: string;
  clientId: string;
  clientSecret: string;
  log: Logger;
}

interface Parts extends SampleApplicationOptions {
  origin: string;
  visits: Visits;
  configuration(): Promise<client.Configuration>;
}

export const sampleApplicationOrigin = (port: number): string => `http://${HOST}:${port}`;

/** An application as anybody would write one, on plain openid-client: signs people in, shows the claims, signs them out. */
export async function startSampleApplication(options: SampleApplicationOptions): Promise<{ close(): Promise<void> }> {
  const origin = sampleApplicationOrigin(options.port);
  const parts: Parts = { ...options, origin, visits: createVisits(), configuration: discoverOnce(options) };
  const app = express().disable('x-powered-by');
  app.use(
    helmet({ contentSecurityPolicy: { useDefaults: false, directives: POLICY }, strictTransportSecurity: false }),
  );
  app.get('/sample-idp.css', (_req, res) => void res.type('css').send(STYLESHEET));
  app.use(pages(parts), signOut(parts));
  app.use((error: unknown, _req: Request, res: Response, _next: unknown) => {
    options.log.debug({ err: error }, 'sample application');
    const said = error instanceof client.AuthorizationResponseError ? error.error_description : undefined;
    res.status(400).send(applicationProblem(said ?? 'The sign-in did not work.'));
  });
  const server = createServer(app);
  server.listen(options.port, HOST);
  await once(server, 'listening');
  return {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Asked for when it is needed: the service begins to listen after this. */
function discoverOnce({ issuer, clientId, clientSecret }: SampleApplicationOptions): Parts['configuration'] {
  let discovered: Promise<client.Configuration> | undefined;
  const algorithm = { id_token_signed_response_alg: 'ES256' };
  const discover = () =>
    client.discovery(new URL(issuer), clientId, algorithm, client.ClientSecretBasic(clientSecret), {
      execute: [client.allowInsecureRequests],
    });
  return () =>
    (discovered ??= discover().catch((error: unknown) => {
      discovered = undefined;
      throw error;
    }));
}

function pages(parts: Parts): Router {
  const { origin, visits, configuration } = parts;
  const router = express.Router();
  router.get('/', (req, res) => void res.send(applicationHome(visits.of(req).signedIn?.claims)));
  router.get('/sign-in', async (req, res) => res.redirect(await beginSignIn(parts, req, res)));
  router.get('/callback', async (req, res) => {
    const answer = new URL(req.originalUrl, origin);
    const tokens = await client.authorizationCodeGrant(await configuration(), answer, visits.of(req).pending);
    visits.begin(res, { signedIn: { idToken: tokens.id_token ?? '', claims: { ...tokens.claims() } } });
    res.redirect('/');
  });
  return router;
}

async function beginSignIn({ origin, visits, configuration }: Parts, req: Request, res: Response): Promise<string> {
  const pending = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const { organization, login_hint: hint } = req.query;
  const url = client.buildAuthorizationUrl(await configuration(), {
    redirect_uri: `${origin}/callback`,
    scope: 'openid profile email',
    state: pending.expectedState,
    nonce: pending.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pending.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(typeof organization === 'string' && { organization }),
    ...(typeof hint === 'string' && { login_hint: hint }),
  });
  visits.begin(res, { pending });
  return url.href;
}

/** By the person, and by the provider: somebody signed out elsewhere, or may not be here any more. */
function signOut({ origin, clientId, visits, configuration }: Parts): Router {
  const router = express.Router();
  router.get('/sign-out', async (req, res) => {
    const { signedIn } = visits.of(req);
    visits.end(req);
    const url = client.buildEndSessionUrl(await configuration(), {
      post_logout_redirect_uri: `${origin}/`,
      ...(signedIn && { id_token_hint: signedIn.idToken }),
    });
    res.redirect(url.href);
  });
  router.post('/backchannel-logout', express.urlencoded({ extended: false, limit: '16kb' }), async (req, res) => {
    const { issuer, jwks_uri: keys = '' } = (await configuration()).serverMetadata();
    const token = String((req.body as { logout_token?: unknown }).logout_token);
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(keys)), { issuer, audience: clientId });
    if (LOGOUT_EVENT in ((payload.events as object | undefined) ?? {})) visits.endBySid(payload.sid);
    res.status(204).end();
  });
  return router;
}
