import { isFresh } from './clock';
import type { VerifiedFacts } from './facts';
import { equals, isTrue, type Outcome } from './rule';

export const responseVersion = ({ response }: VerifiedFacts): Outcome => equals('2.0', response.version);

export const responseIssueInstant = ({ response, now }: VerifiedFacts): Outcome => isFresh(now, response.issueInstant);

/** Core 3.2.2, Profiles 4.1.4.2: may be left out, unless the Response itself is signed (security 6). */
export function responseIssuer({ response, connection }: VerifiedFacts): Outcome {
  const { issuers, signed } = response;
  if (!issuers.length && !signed) return { ok: true };
  return equals(connection.settings.idpEntityId, issuers.length > 1 ? 'several' : issuers[0]);
}

/** Bindings 3.5.5.2: compared exactly with the stored address; may be left out, unless the Response is signed (security 5). */
export function destination({ response, connection }: VerifiedFacts): Outcome {
  if (response.destination === undefined && !response.signed) return { ok: true };
  return equals(connection.endpoints.acsUrl, response.destination);
}

/** Core 3.2.2: there exactly when the Response answers a request, and then it is this one. */
export const responseInResponseTo = ({ response, requestId }: VerifiedFacts): Outcome =>
  inResponseTo(requestId, response.inResponseTo);

/** An answer names its request; a message nobody asked for names none. */
export const inResponseTo = (requestId: string | undefined, received: string | undefined): Outcome =>
  isTrue(received === requestId, requestId ?? 'none: the response is unsolicited', received);
