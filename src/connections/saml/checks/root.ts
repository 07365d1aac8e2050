import { NS } from '../names';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** The message is one Response of the SAML 2.0 protocol (Core 3.3.3). */
export function root({ survey }: DocumentFacts): Outcome {
  const { localName, namespaceURI } = survey.root;
  const isResponse = localName === 'Response' && namespaceURI === NS.protocol && survey.responses === 1;
  return isTrue(
    isResponse,
    `one Response in ${NS.protocol}`,
    `${survey.responses} Response, root ${localName} in ${namespaceURI}`,
  );
}
