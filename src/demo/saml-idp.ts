import { Router, urlencoded, type Request, type Response } from 'express';
import {
  isUnder,
  parseAuthnRequest,
  type AuthnRequest,
  type ParsedAuthnRequest,
  type RequestBinding,
} from './authn-request';
import { problemPage, signInPage, submitPage } from './pages';
import { ACME_PEOPLE, findPerson, type Person } from './people';
import { samlSlo } from './saml-slo';
import { encodePost, idpMetadataXml, samlResponseXml, type SamlKey, type SamlResponseOptions } from './saml-response';

/** A service provider that gets unsolicited responses from a tile on the start page. */
export interface SamlTile {
  name: string;
  acsUrl: string;
  /** Entity id of the service provider. */
  entityId: string;
}

export interface SamlIdpOptions {
  origin: string;
  serviceOrigin: string;
  key: SamlKey;
  /** Asked each time: connections come to exist while it runs. */
  tiles: () => readonly SamlTile[];
  now: () => Date;
}

/** Where an answer goes: to a request, or unsolicited. */
type Recipient = Pick<AuthnRequest, 'issuer' | 'acsUrl' | 'nameIdFormat'> & { id?: string };

const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:';

/** A parameter that is a string and not a list; anything else counts as missing. */
const parameter = (source: unknown, name: string): string | undefined => {
  const value = (source as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
};

/** RelayState is echoed exactly when it came (SAML Bindings 3.5.3). */
const relayField = (relayState: string | undefined): Record<string, string> =>
  relayState === undefined ? {} : { RelayState: relayState };

/** Where the SAML side answers. */
export const samlAddresses = (origin: string) => ({
  entityId: `${origin}/saml/metadata`,
  metadataUrl: `${origin}/saml/metadata`,
  ssoUrl: `${origin}/saml/sso`,
  sloUrl: `${origin}/saml/slo`,
});

/** The SAML side: metadata, SSO and single logout by Redirect and POST, the answer, and unsolicited responses from tiles. */
export function samlIdp(options: SamlIdpOptions): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '256kb' });
  router.get('/metadata', (_req, res) => {
    const { entityId, ssoUrl, sloUrl } = samlAddresses(options.origin);
    const metadata = idpMetadataXml({ entityId, ssoUrl, sloUrl, certificates: [options.key.certificate] });
    res.type('application/samlmetadata+xml').send(metadata);
  });
  router.get('/sso', (req, res) => singleSignOn(options, 'redirect', req.query, res));
  router.post('/sso', form, (req, res) => singleSignOn(options, 'post', { ...req.query, ...req.body }, res));
  router.use('/slo', samlSlo({ ...options, entityId: samlAddresses(options.origin).entityId }));
  router.get('/tiles/:index', (req, res) => showTile(options, req, res));
  router.post('/answer', form, (req, res) => answer(options, req, res));
  return router;
}

const refuse = (res: Response, problem: string): void => {
  res.status(400).send(problemPage(problem));
};

async function singleSignOn(
  options: SamlIdpOptions,
  binding: RequestBinding,
  source: unknown,
  res: Response,
): Promise<void> {
  const samlRequest = parameter(source, 'SAMLRequest') ?? '';
  const parsed = parseAuthnRequest(samlRequest, binding, options.serviceOrigin);
  if ('problem' in parsed) return refuse(res, parsed.problem);

  const { request } = parsed;
  const relayState = parameter(source, 'RelayState');
  const hinted = findPerson(ACME_PEOPLE, request.subject ?? parameter(source, 'login_hint'));
  if (hinted && !request.forceAuthn) return send(options, res, request, relayState, { person: hinted });
  // SAML Core 3.4.1: with IsPassive the identity provider must not take over the person's screen.
  if (request.isPassive) return send(options, res, request, relayState, { failure: 'NoPassive' });

  const fields = { SAMLRequest: samlRequest, binding, ...relayField(relayState) };
  res.send(signInPage({ organization: 'Acme', people: ACME_PEOPLE, action: '/saml/answer', fields }));
}

function showTile(options: SamlIdpOptions, req: Request, res: Response): void {
  const index = String(req.params.index);
  const tile = options.tiles()[Number(index)];
  if (!tile) return refuse(res, 'There is no such tile.');
  res.send(signInPage({ organization: 'Acme', people: ACME_PEOPLE, action: '/saml/answer', fields: { tile: index } }));
}

/** The page keeps the request; here it is read and checked again, so that the server keeps nothing. */
async function answer(options: SamlIdpOptions, req: Request, res: Response): Promise<void> {
  const recipient = recipientOf(options, req.body);
  if ('problem' in recipient) return refuse(res, recipient.problem);
  const relayState = parameter(req.body, 'RelayState');
  if (parameter(req.body, 'cancel'))
    return send(options, res, recipient.request, relayState, { failure: 'AuthnFailed' });

  const person = findPerson(ACME_PEOPLE, parameter(req.body, 'person'));
  if (!person) return refuse(res, 'There is no such person here.');
  return send(options, res, recipient.request, relayState, { person });
}

function recipientOf(options: SamlIdpOptions, body: unknown): ParsedAuthnRequest | { request: Recipient } {
  const tile = options.tiles()[Number(parameter(body, 'tile') ?? NaN)];
  if (tile && isUnder(options.serviceOrigin, tile.acsUrl))
    return { request: { issuer: tile.entityId, acsUrl: tile.acsUrl } };
  const binding = parameter(body, 'binding') === 'post' ? 'post' : 'redirect';
  return parseAuthnRequest(parameter(body, 'SAMLRequest') ?? '', binding, options.serviceOrigin);
}

async function send(
  options: SamlIdpOptions,
  res: Response,
  recipient: Recipient,
  relayState: string | undefined,
  outcome: { person: Person } | { failure: 'NoPassive' | 'AuthnFailed' },
): Promise<void> {
  const message: SamlResponseOptions = {
    issuer: samlAddresses(options.origin).entityId,
    acsUrl: recipient.acsUrl,
    audience: recipient.issuer,
    inResponseTo: recipient.id,
    now: options.now(),
    sign: 'both',
    ...('person' in outcome ? aboutPerson(outcome.person, recipient.nameIdFormat) : aboutFailure(outcome.failure)),
  };
  const response = encodePost(await samlResponseXml(message, options.key));
  res.send(submitPage(recipient.acsUrl, { SAMLResponse: response, ...relayField(relayState) }));
}

/** Attribute names as an application in Okta or Entra ID is commonly set up to send them. */
const aboutPerson = (
  person: Person,
  format: string | undefined,
): Pick<SamlResponseOptions, 'nameId' | 'attributes'> => ({
  nameId: format === EMAIL ? { value: person.email, format } : { value: person.id },
  attributes: {
    email: person.email,
    firstName: person.givenName,
    lastName: person.familyName,
    displayName: person.displayName,
    department: person.department,
    title: person.title,
    groups: person.groups,
  },
});

const aboutFailure = (failure: string): Pick<SamlResponseOptions, 'nameId' | 'attributes' | 'status'> => ({
  nameId: { value: '' },
  attributes: {},
  status: { code: `${STATUS}Responder`, subcode: `${STATUS}${failure}` },
});
