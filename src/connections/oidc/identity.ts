import type { ExternalIdentity } from '../../domain/proof';
import type { ConnectionContext } from '../connection';
import { isSubject, subjectCheck } from './checks/subject';
import { attributesOf, authenticatedAt, isEmailVerified, mergeClaims, methodsOf, type Claims } from './claims';
import type { Redeemed } from './redeem';
import { invalid, type Stage } from './refusals';
import type { OidcSettings } from './settings';

/** Reads the stable subject where the settings say, and everything said of the person. */
export function readIdentity(
  { id, settings }: ConnectionContext<OidcSettings>,
  { claims: idToken, subject: sub }: Redeemed,
  userinfo: Claims | undefined,
  now: Date,
): Stage<{ identity: ExternalIdentity }> {
  const claims = mergeClaims(idToken, userinfo);
  const { subjectFrom } = settings;
  const subject = subjectFrom === 'sub' ? sub : claims[subjectFrom.claim];
  // `sub` itself was looked at with the token.
  const steps = subjectFrom === 'sub' ? [] : [subjectCheck('subject_from', subject)];
  if (!isSubject(subject)) return { steps: [], failure: invalid(subjectCheck('subject_from', subject)) };

  const { sid, acr } = idToken;
  const identity: ExternalIdentity = {
    connectionId: id,
    issuer: settings.issuer,
    subject,
    attributes: attributesOf(claims),
    emailVerified: isEmailVerified(idToken, userinfo),
    authenticatedAt: authenticatedAt(idToken, now),
    amr: methodsOf(idToken),
    ...(isSubject(acr) ? { acr } : {}),
    principal: { issuer: settings.issuer, value: sub },
    ...(isSubject(sid) ? { sessionIndex: sid } : {}),
  };
  return { steps, identity };
}
