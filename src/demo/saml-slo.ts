import { Router, urlencoded, type Response } from 'express';
import { isUnder, parseMessage, type RequestBinding } from './authn-request';
import { problemPage } from './pages';
import { logoutResponseXml, redirectQuery } from './saml-logout';
import type { SamlKey } from './saml-response';
import { children, SAML } from './xml';

/** Single logout by Redirect and POST (SAML Profiles 4.4). Nobody is remembered here, so there is nothing to end: it says so. */
export function samlSlo(options: { entityId: string; serviceOrigin: string; key: SamlKey; now: () => Date }): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '64kb' });
  router.get('/', (req, res) => answer(options, 'redirect', req.query, res));
  router.post('/', form, (req, res) => answer(options, 'post', req.body as object, res));
  return router;
}

function answer(
  { entityId, serviceOrigin, key, now }: Parameters<typeof samlSlo>[0],
  binding: RequestBinding,
  source: object,
  res: Response,
): void {
  const { SAMLRequest, RelayState } = source as Record<string, unknown>;
  const request = parseMessage(String(SAMLRequest ?? ''), binding, 'LogoutRequest');
  const inResponseTo = request?.getAttribute('ID');
  const issuer = request && children(request, SAML, 'Issuer')[0]?.textContent?.trim();
  // The service's metadata, which the issuer is the address of, names `slo` beside it.
  const destination = issuer?.replace(/\/metadata$/, '/slo') ?? '';
  if (!inResponseTo || !isUnder(serviceOrigin, destination)) {
    res.status(400).send(problemPage('The SAMLRequest is not a LogoutRequest of this service.'));
    return;
  }
  const response = logoutResponseXml({ issuer: entityId, destination, now: now() }, { inResponseTo });
  const relayState = typeof RelayState === 'string' ? RelayState : undefined;
  res.redirect(302, `${destination}?${redirectQuery('SAMLResponse', response, key, { relayState })}`);
}
