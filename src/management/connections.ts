import type { ConnectionState } from '../connections/connection';
import { linksOf } from '../domain/links';
import type { StoredSettings } from '../sign-in/open-connection';
import { insertConnectionKey } from '../storage/connection-keys';
import {
  deleteConnection,
  insertConnection,
  listConnections as readConnections,
  newConnectionId,
  updateConnection,
  type ConnectionRecord,
} from '../storage/connections';
import { handOverStatements } from '../storage/contacts';
import { endLostApplications } from '../storage/lost-applications';
import { lockKeys } from '../storage/people';
import { endSessionsOf } from '../storage/sessions';
import { adminSource, insertSource } from '../storage/sources';
import {
  oidcChangeForm,
  samlChangeForm,
  type ConnectionChangeForm,
  type NewConnectionForm,
  type OidcChangeForm,
  type SamlChangeForm,
} from './connection-forms';
import { connectionIn, createMappedGroups, missingKey, sealedSecret, step, view } from './connection-parts';
import { requireStep } from './connection-state';
import { viewOf, type ConnectionView } from './connection-view';
import type { Caller, ManagementDeps } from './deps';
import { parseForm } from './form';
import { changing, reading, type Island } from './island';
import { newOidcSettings, oidcSettingsChange } from './oidc-settings';
import { mapPage, pageThrough, type Page, type PageQuery } from './page';
import { foreseeRepointing, issuerChanged, issuerOf } from './repointing';
import { newSamlSettings, samlSettingsChange, type ReadSettings, type Warning } from './saml-settings';

/**
 * Creates a connection: its addresses for ever, a key pair of its own, its source. The provider is looked at before
 * the transaction.
 * @throws AppError invalid_metadata, invalid_issuer, address_refused, invalid_form, invalid_state_change, domain_not_verified
 */
export async function createConnection(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  form: NewConnectionForm,
): Promise<ConnectionView> {
  const state = form.state ?? 'draft';
  const found = await reading(deps, caller, organization, 'connections:write', async (island) => {
    await requireStep(island, caller, 'draft', state);
    return island.organization;
  });
  const { settings, warnings }: ReadSettings<object> =
    form.kind === 'saml' ? await newSamlSettings(deps, form) : await newOidcSettings(deps, form);
  const id = newConnectionId();
  const endpoints = linksOf(deps.baseUrl, found).endpoints(id);
  const key = await missingKey(deps, form, endpoints, form);

  return changing(deps, caller, organization, 'connections:write', async (island) => {
    const { tx, organization: own, note } = island;
    await requireStep(island, caller, 'draft', state);
    await insertConnection(tx, { ...rowOf(deps, own.id, form), id, state, endpoints, settings });
    if (key) await insertConnectionKey(tx, own.id, id, key, 'signing', deps.box);
    await insertSource(tx, own.id, { kind: 'jit', name: form.name, connectionId: id });
    await createMappedGroups(island, form.groupMapping);
    const details = { kind: form.kind, ...step('draft', state) };
    await note({ action: 'connection.created', connectionId: id, details });
    return view(deps, island, id, warnings);
  });
}

const rowOf = (deps: ManagementDeps, organizationId: string, form: NewConnectionForm) => ({
  organizationId,
  kind: form.kind,
  name: form.name,
  secrets: sealedSecret(deps, organizationId, form.kind === 'oidc' ? form.clientSecret : undefined) ?? null,
  attributeMapping: form.attributeMapping ?? {},
  groupMapping: form.groupMapping ?? [],
  trustEmail: form.trustEmail ?? ('verified_domains' as const),
});

export const listConnections = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  page: PageQuery,
): Promise<Page<ConnectionView>> =>
  reading(deps, caller, organization, 'connections:read', async (island) =>
    mapPage(pageThrough(await readConnections(island.tx, island.organization.id), page), (record) =>
      viewOf(record, { ...island, baseUrl: deps.baseUrl }),
    ),
  );

export const readConnection = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<ConnectionView> =>
  reading(deps, caller, organization, 'connections:read', (island) => view(deps, island, id));

/** Changes what is given; metadata, certificates and secrets are replaced. Addresses and key stay. */
export async function changeConnection(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  asked: ConnectionChangeForm,
): Promise<ConnectionView> {
  const before = await reading(deps, caller, organization, 'connections:write', (island) => connectionIn(island, id));
  const { form, clientSecret, apply, warnings } = await readChange(deps, before, asked);
  const key = await missingKey(deps, before, before.endpoints, form);
  return changing(deps, caller, organization, 'connections:write', async (island) => {
    const { tx, organization: own, note } = island;
    await lockKeys(tx, own.id, [`connection|${id}`]);
    const present = await connectionIn(island, id);
    await changeState(island, caller, present, form.state);
    await createMappedGroups(island, form.groupMapping);
    const { name, state, attributeMapping, groupMapping, trustEmail } = form;
    const settings = apply(present.settings);
    const repointed = await noteRepointing(island, present, { settings, trustEmail: trustEmail ?? present.trustEmail });
    const secrets = sealedSecret(deps, own.id, clientSecret);
    await updateConnection(tx, own.id, id, {
      name,
      state,
      attributeMapping,
      groupMapping,
      trustEmail,
      settings,
      secrets,
    });
    if (key && !present.keys.length) await insertConnectionKey(tx, own.id, id, key, 'signing', deps.box);
    const fields = Object.keys(form).filter((field) => field !== 'state');
    if (fields.length) await note({ action: 'connection.changed', connectionId: id, fields });
    return view(deps, island, id, [...warnings, ...repointed]);
  });
}

/** Identities are keyed by issuer: another one says what it means for the people there are, here and in the ledger. */
async function noteRepointing(
  island: Island,
  present: ConnectionRecord,
  after: Pick<ConnectionRecord, 'settings' | 'trustEmail'>,
): Promise<readonly Warning[]> {
  const { id: connectionId, kind } = present;
  if (issuerOf(present) === issuerOf({ kind, ...after })) return [];
  const repointing = await foreseeRepointing(island, present, { kind, ...after });
  const { issuer, identities, accounts, outcomes } = repointing;
  const details = { before: issuer.before, after: issuer.after, identities, accounts, ...outcomes };
  await island.note({ action: 'connection.issuer_changed', connectionId, details });
  return [issuerChanged(repointing)];
}

/** Removes a connection and ends its sessions. People stay, with what it said of them; its memberships end. */
export const removeConnection = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
): Promise<void> =>
  changing(deps, caller, organization, 'connections:write', async (island) => {
    const { tx, organization: own, now, note } = island;
    const { kind, state, sourceId } = await connectionIn(island, id);
    const people = await handOverStatements(tx, own.id, sourceId, await adminSource(tx, own.id));
    await endSessionsOf(tx, own.id, now, id);
    await endLostApplications(tx, { organizationId: own.id }, now);
    await deleteConnection(tx, own.id, id);
    await note({ action: 'connection.deleted', connectionId: id, sourceId, details: { kind, state, people } });
  });

interface ReadChange {
  form: SamlChangeForm | OidcChangeForm;
  clientSecret?: string;
  apply: (before: unknown) => object;
  warnings: readonly Warning[];
}

/** Reads what is asked for, and looks at the provider where the change names one. */
export async function readChange(
  deps: ManagementDeps,
  { kind, secrets }: ConnectionRecord,
  asked: object,
): Promise<ReadChange> {
  if (kind === 'saml') {
    const form = parseForm(samlChangeForm, asked);
    const { apply, warnings } = await samlSettingsChange(deps, form);
    return { form, apply: (before) => apply(before as StoredSettings['saml']), warnings };
  }
  const form = parseForm(oidcChangeForm, asked);
  const { apply, warnings } = await oidcSettingsChange(deps, form, secrets !== null);
  const { clientSecret } = form;
  return { form, clientSecret, apply: (before) => apply(before as StoredSettings['oidc']), warnings };
}

async function changeState(
  island: Island,
  caller: Caller,
  { id, state }: ConnectionRecord,
  to: ConnectionState | undefined,
): Promise<void> {
  const from = state as ConnectionState;
  if (to === undefined || to === from) return;
  await requireStep(island, caller, from, to);
  await island.note({
    action: 'connection.state_changed',
    connectionId: id,
    fields: ['state'],
    details: step(from, to),
  });
}
