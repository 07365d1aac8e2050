// A process of its own with @boxyhq/saml-jackson behind express, on the Postgres it is told, for one tenant with one SAML
// connection. Plain JavaScript: the package is installed on demand, outside this repository, and has no types here.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import express from 'express';

const [directory, databaseUrl, externalUrl, rawMetadata, redirectUri] = process.argv.slice(2);
const { controllers } = createRequire(join(directory, 'package.json'))('@boxyhq/saml-jackson');
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const base64 = (pem) => Buffer.from(pem).toString('base64');
const { connectionAPIController, oauthController } = await controllers({
  externalUrl,
  samlAudience: externalUrl,
  samlPath: '/saml',
  db: { engine: 'sql', type: 'postgres', url: databaseUrl, cleanupLimit: 1000 },
  noAnalytics: true,
  openid: { jwsAlg: 'ES256', jwtSigningKeys: { private: base64(privateKey), public: base64(publicKey) } },
});
const place = { tenant: 'acme', product: 'bench' };
const { clientID, clientSecret } = await connectionAPIController.createSAMLConnection({
  ...place,
  rawMetadata,
  defaultRedirectUrl: redirectUri,
  redirectUrl: JSON.stringify([redirectUri]),
});

const app = express();
app.use(express.urlencoded({ extended: false, limit: '2mb' }));
const answer = (work) => (req, res, next) => work(req, res).catch(next);
app.get(
  '/authorize',
  answer(async (req, res) => res.redirect((await oauthController.authorize(req.query)).redirect_url)),
);
app.post(
  '/saml',
  answer(async (req, res) => res.redirect((await oauthController.samlResponse(req.body)).redirect_url)),
);
app.post(
  '/token',
  answer(async (req, res) => res.json(await oauthController.token(req.body))),
);
app.get(
  '/userinfo',
  answer(async (req, res) =>
    res.json(await oauthController.userInfo(req.headers.authorization.slice('Bearer '.length))),
  ),
);
app.listen(Number(new URL(externalUrl).port), '127.0.0.1', () => process.send({ clientId: clientID, clientSecret }));
