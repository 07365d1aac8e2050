import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../domain/errors';
import { createConnectionOpener, type StoredSettings } from '../sign-in/open-connection';
import { listConnections, type ConnectionRecord } from '../storage/connections';
import type { Outcome, Place } from './apply-parts';
import type { NewConnectionForm, OidcForm, SamlForm } from './connection-forms';
import { changeConnection, createConnection } from './connections';
import type { ManagementDeps } from './deps';
import { reading } from './island';
import { oidcSettingsChange } from './oidc-settings';
import { samlSettingsChange } from './saml-settings';

/**
 * Brings about one connection, known by its name within the organization.
 * @throws AppError as when it is created or changed; conflict when the name stands for several, or for one of another kind
 */
export async function applyConnection(place: Place, wanted: NewConnectionForm): Promise<Outcome> {
  const { deps, caller, slug } = place;
  const found = await findByName(place, wanted);
  if (!found) {
    await createConnection(deps, caller, slug, wanted);
    return 'created';
  }
  if (await isSo(deps, found, wanted)) return 'unchanged';
  const { kind: _same, ...change } = wanted;
  await changeConnection(deps, caller, slug, found.id, change);
  return 'changed';
}

async function findByName(
  { deps, caller, slug }: Place,
  { kind, name }: NewConnectionForm,
): Promise<ConnectionRecord | undefined> {
  const all = await reading(deps, caller, slug, 'connections:write', ({ tx, organization }) =>
    listConnections(tx, organization.id),
  );
  const [found, another] = all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  if (another) throw new AppError('conflict', { detail: `Several connections are named ${name}; rename all but one.` });
  if (found && found.kind !== kind)
    throw new AppError('conflict', { detail: `The connection ${name} is of kind ${found.kind}, which cannot change.` });
  return found;
}

const COMMON = ['name', 'state', 'trustEmail', 'attributeMapping', 'groupMapping'] as const;

/** Asks the provider as saving would, so that an answer which changed counts as a change. */
async function isSo(deps: ManagementDeps, found: ConnectionRecord, wanted: NewConnectionForm): Promise<boolean> {
  const differs = COMMON.some(
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], found[field]),
  );
  if (differs) return false;
  return wanted.kind === 'saml' ? isSamlSo(deps, found, wanted) : isOidcSo(deps, found, wanted);
}

async function isSamlSo(deps: ManagementDeps, { settings }: ConnectionRecord, wanted: SamlForm): Promise<boolean> {
  const { apply } = await samlSettingsChange(deps, wanted);
  return isDeepStrictEqual(apply(settings as StoredSettings['saml']), settings);
}

async function isOidcSo(deps: ManagementDeps, found: ConnectionRecord, wanted: OidcForm): Promise<boolean> {
  const before = found.settings as StoredSettings['oidc'];
  const { issuer, ...rest } = wanted;
  if (issuer !== before.issuer) return false;
  const { apply } = await oidcSettingsChange(deps, rest, found.secrets !== null);
  if (!isDeepStrictEqual(apply(before), before)) return false;
  const opened = createConnectionOpener(deps.box)(found);
  const secret = opened.kind === 'oidc' ? opened.context.settings.clientSecret : undefined;
  return wanted.clientSecret === undefined || wanted.clientSecret === secret;
}
