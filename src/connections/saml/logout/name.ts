import type { Principal } from '../../../domain/proof';
import type { ConnectionContext } from '../../connection';
import { NAMEID_UNSPECIFIED } from '../names';
import type { NameId } from '../name-id';
import type { SamlSettings } from '../settings';

/**
 * True when the identity provider means the person by this name whom it signed in by that (Core 3.7.3.2, 8.3). Left out,
 * a qualifier is the one of whoever the name is between (Core 8.3.7); a request of unspecified format does not narrow.
 */
export function meansSamePerson(
  { endpoints, settings }: ConnectionContext<SamlSettings>,
  known: Principal,
  asked: NameId,
): boolean {
  const { idpEntityId } = settings;
  const format = known.format ?? NAMEID_UNSPECIFIED;
  return (
    known.issuer === idpEntityId &&
    known.value === asked.value &&
    (asked.format === NAMEID_UNSPECIFIED || asked.format === format) &&
    (asked.nameQualifier ?? idpEntityId) === (known.nameQualifier ?? idpEntityId) &&
    (asked.spNameQualifier ?? endpoints.entityId) === (known.spNameQualifier ?? endpoints.entityId)
  );
}
