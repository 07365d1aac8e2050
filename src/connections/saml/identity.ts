import type { ExternalIdentity, Principal } from '../../domain/proof';
import { SKEW, type VerifiedFacts } from './checks';
import { bearerOf } from './checks/subject-confirmation';
import type { NameId } from './name-id';
import { subjectValues } from './subject';
import { instant } from './xml';

/** A longer name of a context is none that an application could compare. */
const LONGEST_CONTEXT = 255;

/** What verified facts that passed every rule say about the person. */
export function identityOf({ assertion, connection, now }: VerifiedFacts): ExternalIdentity {
  const { authnStatements, attributes } = assertion;
  const [subject = ''] = subjectValues(assertion, connection.settings.subjectFrom);
  const contexts = authnStatements.flatMap((statement) => statement.authnContextClassRefs);
  const principal = principalOf(assertion.nameIds, connection.settings.idpEntityId);
  const sessionIndex = authnStatements.find((statement) => statement.sessionIndex)?.sessionIndex;
  const notOnOrAfter = earliest(authnStatements.map((statement) => statement.sessionNotOnOrAfter));
  return {
    connectionId: connection.id,
    issuer: connection.settings.idpEntityId,
    subject,
    attributes,
    emailVerified: false,
    authenticatedAt: instant(authnStatements[0]?.authnInstant) ?? now,
    amr: contexts,
    ...(contexts[0] && contexts[0].length <= LONGEST_CONTEXT && { acr: contexts[0] }),
    ...(principal && { principal }),
    ...(sessionIndex && { sessionIndex }),
    ...(notOnOrAfter && { notOnOrAfter }),
  };
}

/** Longer names are not remembered: no index holds them. Core 8.3.7 allows 256 characters. */
const LONGEST_NAME = 1024;

/** What the identity provider will call the person when it signs them out; the subject may be read elsewhere. */
function principalOf([nameId, ...more]: readonly NameId[], issuer: string): Principal | undefined {
  if (!nameId || more.length || Buffer.byteLength(nameId.value) > LONGEST_NAME) return undefined;
  return { issuer, ...nameId };
}

/** The assertion's id, and until when the clock alone would let it in again. */
export function replayOf(facts: VerifiedFacts): { replayKey?: string; replayUntil?: Date } {
  const until = instant(bearerOf(facts)?.notOnOrAfter);
  return { replayKey: facts.assertion.id, replayUntil: until && new Date(until.getTime() + SKEW) };
}

function earliest(values: readonly (string | undefined)[]): Date | undefined {
  const times = values.map((value) => instant(value)?.getTime()).filter((time) => time !== undefined);
  return times.length ? new Date(Math.min(...times)) : undefined;
}
