import { NS } from '../names';
import type { LogoutDocumentFacts } from './logout-facts';
import { isTrue, type Outcome } from './rule';

const ROOTS = { request: 'LogoutRequest', response: 'LogoutResponse' } as const;

/** A request comes as SAMLRequest, a response as SAMLResponse, each of the SAML 2.0 protocol (Core 3.7). */
export function logoutRoot({ survey, kind }: LogoutDocumentFacts): Outcome {
  const { localName, namespaceURI } = survey.root;
  const isRight = localName === ROOTS[kind] && namespaceURI === NS.protocol;
  return isTrue(isRight, `${ROOTS[kind]} in ${NS.protocol}`, `${localName} in ${namespaceURI}`);
}

/** Security 13: one signature, on the message itself. One further down is another message's, wrapped into this. */
export function logoutSigned({ survey }: LogoutDocumentFacts): Outcome {
  const [signature, ...more] = survey.signatures;
  const onMessage = signature?.parentNode === survey.root && signature.namespaceURI === NS.signature;
  return isTrue(
    onMessage && !more.length,
    'one signature, child of the message',
    `${survey.signatures.length} signatures${signature && !onMessage ? ', elsewhere' : ''}`,
  );
}
