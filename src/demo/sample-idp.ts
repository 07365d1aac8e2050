import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { STYLESHEET, SUBMIT_SCRIPT } from './assets';
import { oidcIssuer, oidcProvider } from './oidc-provider';
import { homePage, problemPage } from './pages';
import { ACME_PEOPLE, GLOBEX_PEOPLE } from './people';
import { samlAddresses, samlIdp, type SamlTile } from './saml-idp';
import { loadSecrets } from './secrets';

/** A tile on the start page: an unsolicited SAML response, or a plain link to where a sign-in begins. */
type Tile = SamlTile | { name: string; url: string };

export interface SampleIdpOptions {
  /** 0 takes a free one. A restart needs the same port: it is part of the issuer and entity id. */
  port: number;
  host?: string;
  /** The one origin that answers are sent to, e.g. `http://localhost:3000`. */
  serviceOrigin: string;
  /** Where the keys are kept. */
  dataDir: string;
  log: Logger;
  now?: () => Date;
}

export interface SampleIdp {
  origin: string;
  saml: { metadataUrl: string; entityId: string };
  oidc: { issuer: string; clientId: string; clientSecret: string };
  /** Puts an application on the start page. */
  addTile(tile: Tile): void;
  close(): Promise<void>;
}

const CLIENT_ID = 'drawbridge';

/**
 * Starts the sample identity provider: SAML for Acme, OpenID Connect for Globex, people by one click.
 * @throws when the port is taken, or the keys in `dataDir` cannot be read
 */
export async function startSampleIdp(options: SampleIdpOptions): Promise<SampleIdp> {
  const { host = '127.0.0.1', serviceOrigin, log, now = () => new Date() } = options;
  const [secrets, buildProvider] = await Promise.all([loadSecrets(options.dataDir), oidcProvider(log)]);

  const server = createServer();
  server.listen(options.port, host);
  await once(server, 'listening');
  const origin = `http://${host}:${portOf(server)}`;

  const tiles: Tile[] = [];
  const client = { clientId: CLIENT_ID, clientSecret: secrets.oidc.clientSecret };
  const app = sampleApp(log)
    .get('/', (_req, res) => void res.send(startPage(origin, tiles)))
    .use('/saml', samlIdp({ origin, serviceOrigin, key: secrets.saml, tiles: () => tiles.filter(isSamlTile), now }))
    .use(buildProvider({ origin, serviceOrigin, ...client, signingKey: secrets.oidc.signingKey, log }))
    .use((_req, res) => void res.status(404).send(problemPage('There is no such page.')))
    .use(handleError(log));
  server.on('request', app);

  const { entityId, metadataUrl } = samlAddresses(origin);
  return {
    origin,
    saml: { entityId, metadataUrl },
    oidc: { issuer: oidcIssuer(origin), ...client },
    addTile: (tile) => void tiles.push(tile),
    close: () => close(server),
  };
}

function sampleApp(log: Logger): Express {
  const app = express().disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        // No form-action: browsers apply it to every redirect after a form, and a sign-in may end at any application.
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          scriptSrc: ["'self'"],
          imgSrc: ['data:'],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // With no-referrer a browser sends `Origin: null` along with the response, as no real provider makes it do.
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      strictTransportSecurity: false,
    }),
    (req, res, next) => {
      log.debug({ method: req.method, path: req.path }, 'sample identity provider asked');
      res.set('Cache-Control', 'no-store');
      next();
    },
  );
  app.get('/sample-idp.css', (_req, res) => void res.type('css').send(STYLESHEET));
  app.get('/submit.js', (_req, res) => void res.type('js').send(SUBMIT_SCRIPT));
  return app;
}

function startPage(origin: string, tiles: readonly Tile[]): string {
  const samlTiles = tiles.filter(isSamlTile);
  return homePage({
    tiles: tiles.map((tile) =>
      isSamlTile(tile)
        ? { name: tile.name, how: 'SAML, started here', href: `/saml/tiles/${samlTiles.indexOf(tile)}` }
        : { name: tile.name, how: 'Starts at its own page', href: tile.url },
    ),
    organizations: [
      { name: 'Acme', people: ACME_PEOPLE },
      { name: 'Globex', people: GLOBEX_PEOPLE },
    ],
    addresses: { 'SAML metadata': samlAddresses(origin).metadataUrl, 'OpenID issuer': oidcIssuer(origin) },
  });
}

const isSamlTile = (tile: Tile): tile is SamlTile => 'acsUrl' in tile;

/** Express and oidc-provider mark what the browser did wrong with a 4xx status; everything else is a bug here. */
const handleError =
  (log: Logger): ErrorRequestHandler =>
  (error: { status?: number; statusCode?: number }, _req, res, next) => {
    if (res.headersSent) return next(error);
    const status = error.status ?? error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'sample identity provider failed');
    const message = status < 500 ? 'This sign-in has expired or was not understood.' : 'Something broke here.';
    res.status(status).send(problemPage(message));
  };

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
