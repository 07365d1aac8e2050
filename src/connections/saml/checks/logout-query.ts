import { ENCODING_DEFLATE, QUERY_SIGNING } from '../names';
import type { QueryFacts } from './logout-facts';
import { isTrue, type Outcome } from './rule';

const decoded = (value: string | undefined): string | undefined => {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return undefined;
  }
};

/** One message, and no parameter twice: the signature covers one of them, another reader may take the other. */
export function queryParameters({ parameters }: QueryFacts): Outcome {
  const repeated = [...parameters].find(([, values]) => values.length > 1)?.[0];
  const messages = ['SAMLRequest', 'SAMLResponse'].filter((name) => parameters.has(name));
  return isTrue(
    !repeated &&
      messages.length === 1 &&
      [...parameters.values()].flat().every((value) => decoded(value) !== undefined),
    'one SAMLRequest or one SAMLResponse, no parameter twice',
    repeated ? `${repeated} twice` : messages.join(' and ') || undefined,
  );
}

export function queryEncoding({ parameters }: QueryFacts): Outcome {
  const encoding = decoded(parameters.get('SAMLEncoding')?.[0]);
  return isTrue(encoding === undefined || encoding === ENCODING_DEFLATE, ENCODING_DEFLATE, encoding);
}

/** Security 13: a message without a signature is anybody's. node-saml takes it for signed. */
export const querySigned = ({ parameters }: QueryFacts): Outcome =>
  isTrue(Boolean(parameters.get('Signature')?.[0] && parameters.get('SigAlg')?.[0]), 'SigAlg and Signature', 'none');

/** RSA with SHA-2 and nothing else (security 3). */
export function queryAlgorithm({ parameters }: QueryFacts): Outcome {
  const algorithm = decoded(parameters.get('SigAlg')?.[0]);
  return isTrue(QUERY_SIGNING.has(algorithm ?? ''), [...QUERY_SIGNING.values()].join(', '), algorithm);
}
