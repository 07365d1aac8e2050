import { randomBytes } from 'node:crypto';
import type { Application } from '../domain/application';
import { AppError, invalidForm } from '../domain/errors';
import type { ApplicationId } from '../domain/ids';
import {
  addSecret,
  deleteApplication,
  findApplication,
  insertApplication,
  listApplications as readApplications,
  listSecrets,
  setOrganizations,
  updateApplication,
  type ApplicationFields,
  type ApplicationView as StoredApplication,
  type SecretView,
} from '../storage/applications';
import { findLastLogoutNotice, type LastLogoutNotice } from '../storage/logout-notices';
import { endLostApplications } from '../storage/lost-applications';
import type { Transaction } from '../storage/rows';
import { checkCalledAddresses, fieldsOf, organizationsNamed } from './application-fields';
import type { ApplicationChangeForm, NewApplicationForm, RotateSecretForm } from './application-forms';
import type { Caller, ManagementDeps } from './deps';
import { transacting, writeNote, type Note } from './island';
import { pageOf, type Page, type PageQuery } from './page';
import { requireScopeEverywhere } from './scopes';

const HOUR_MS = 3600_000;
const DEFAULT_OVERLAP_HOURS = 24;

type Shown = Omit<Application, 'allOrganizations' | 'onlyGroups' | 'onlyLicences' | 'idTokenAlgorithm' | 'anyLoopback'>;

export interface ApplicationView extends Shown {
  idTokenSignedResponseAlg: Application['idTokenAlgorithm'];
  organizations: 'all' | readonly string[];
  access: 'everyone' | { groups: readonly string[]; licences: readonly string[] };
  issuer: string;
  /** Newest first, without the secrets. */
  secrets: readonly SecretView[];
  /** Null: there was none within 30 days. */
  lastLogoutNotice: LastLogoutNotice | null;
}

/** With the secret, which is shown this once. */
export type ApplicationWithSecret = ApplicationView & { clientSecret?: string };

/** What only the demo's ready client has: redirects to any port of this machine. */
export type Extra = Partial<Pick<ApplicationFields, 'anyLoopback'>>;

/**
 * Registers an application. As for everything here, whoever is bound to one organization is refused: an application is no
 * organization's own.
 * @throws AppError invalid_form, conflict, insufficient_scope
 */
export async function createApplication(
  deps: ManagementDeps,
  caller: Caller,
  form: NewApplicationForm,
  extra: Extra = {},
): Promise<ApplicationWithSecret> {
  requireScopeEverywhere(caller, 'applications:write');
  const { clientId = `app_${random(16)}`, clientSecret, ...rest } = form;
  requireKeysWhereUsed(rest);
  await checkCalledAddresses(deps.outbound, rest);
  const organizations = await organizationsNamed(deps, caller, rest.organizations);
  const secret = rest.tokenEndpointAuthMethod.startsWith('client_secret') ? (clientSecret ?? random(32)) : undefined;
  return transacting(deps, async (tx) => {
    const fields = { anyLoopback: false, ...fieldsOf(rest), ...extra } as ApplicationFields;
    const id = await insertApplication(tx, clientId, fields);
    if (organizations) await setOrganizations(tx, id, organizations);
    if (secret) await addSecret(tx, id, secret, deps.now(), deps.now());
    await note(deps, caller, tx, id, { action: 'application.created', details: { clientId } });
    return { ...(await viewIn(deps, tx, id)), ...(secret && { clientSecret: secret }) };
  });
}

/** Changes what is given. @throws AppError not_found, invalid_form */
export async function changeApplication(
  deps: ManagementDeps,
  caller: Caller,
  id: ApplicationId,
  form: ApplicationChangeForm,
): Promise<ApplicationView> {
  requireScopeEverywhere(caller, 'applications:write');
  await checkCalledAddresses(deps.outbound, form);
  const organizations = await organizationsNamed(deps, caller, form.organizations);
  return transacting(deps, async (tx) => {
    requireKeysWhereUsed({ ...(await storedIn(tx, id)), ...form });
    await updateApplication(tx, id, fieldsOf(form));
    if (form.organizations) await setOrganizations(tx, id, organizations ?? []);
    if (form.organizations || form.access) await endLostApplications(tx, { applicationId: id }, deps.now());
    const fields = Object.keys(form);
    if (fields.length) await note(deps, caller, tx, id, { action: 'application.changed', fields });
    return viewIn(deps, tx, id);
  });
}

/** Makes another secret; those there are end after the overlap. @throws AppError not_found, invalid_state_change */
export async function rotateSecret(
  deps: ManagementDeps,
  caller: Caller,
  id: ApplicationId,
  { overlapHours }: RotateSecretForm,
): Promise<ApplicationWithSecret> {
  const clientSecret = random(32);
  return { ...(await addGivenSecret(deps, caller, id, clientSecret, overlapHours)), clientSecret };
}

/** As `rotateSecret`, with a secret that somebody else made. */
export async function addGivenSecret(
  deps: ManagementDeps,
  caller: Caller,
  id: ApplicationId,
  secret: string,
  overlapHours = DEFAULT_OVERLAP_HOURS,
): Promise<ApplicationView> {
  requireScopeEverywhere(caller, 'applications:write');
  return transacting(deps, async (tx) => {
    const { tokenEndpointAuthMethod } = await storedIn(tx, id);
    if (!tokenEndpointAuthMethod.startsWith('client_secret'))
      throw new AppError('invalid_state_change', { detail: 'The application proves itself without a secret.' });
    const now = deps.now();
    await addSecret(tx, id, secret, now, new Date(now.getTime() + overlapHours * HOUR_MS));
    await note(deps, caller, tx, id, { action: 'application.secret_rotated', details: { overlapHours } });
    return viewIn(deps, tx, id);
  });
}

/** Everybody is signed out of it, and its tokens are void. */
export async function removeApplication(deps: ManagementDeps, caller: Caller, id: ApplicationId): Promise<void> {
  requireScopeEverywhere(caller, 'applications:write');
  await transacting(deps, async (tx) => {
    const { clientId } = await storedIn(tx, id);
    await deleteApplication(tx, id);
    await note(deps, caller, tx, id, { action: 'application.deleted', details: { clientId } });
  });
}

export async function readApplication(
  deps: ManagementDeps,
  caller: Caller,
  id: ApplicationId,
): Promise<ApplicationView> {
  requireScopeEverywhere(caller, 'applications:read');
  return viewIn(deps, deps.db.manager, id);
}

export async function listApplications(
  deps: ManagementDeps,
  caller: Caller,
  { limit, cursor }: PageQuery,
): Promise<Page<ApplicationView>> {
  requireScopeEverywhere(caller, 'applications:read');
  const tx = deps.db.manager;
  const page = pageOf(await readApplications(tx, limit + 1, cursor), limit);
  return { ...page, items: await Promise.all(page.items.map((one) => viewOf(deps, tx, one))) };
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

function requireKeysWhereUsed(form: Partial<Pick<Application, 'tokenEndpointAuthMethod' | 'jwks' | 'jwksUri'>>): void {
  if (form.tokenEndpointAuthMethod !== 'private_key_jwt' || form.jwks || form.jwksUri) return;
  throw invalidForm({ field: 'jwks', code: 'required', message: 'private_key_jwt needs jwks or jwksUri.' });
}

async function storedIn(tx: Transaction, id: ApplicationId): Promise<StoredApplication> {
  const found = await findApplication(tx, id);
  if (!found) throw new AppError('not_found');
  return found;
}

const viewIn = async (deps: ManagementDeps, tx: Transaction, id: ApplicationId): Promise<ApplicationView> =>
  viewOf(deps, tx, await storedIn(tx, id));

async function viewOf(
  { baseUrl }: ManagementDeps,
  tx: Transaction,
  { allOrganizations, onlyGroups, onlyLicences, idTokenAlgorithm, anyLoopback: _own, ...stored }: StoredApplication,
): Promise<ApplicationView> {
  return {
    ...stored,
    idTokenSignedResponseAlg: idTokenAlgorithm,
    organizations: allOrganizations ? 'all' : stored.organizations,
    access: onlyGroups || onlyLicences ? { groups: onlyGroups ?? [], licences: onlyLicences ?? [] } : 'everyone',
    issuer: `${baseUrl}/oidc`,
    secrets: await listSecrets(tx, stored.id),
    lastLogoutNotice: (await findLastLogoutNotice(tx, stored.id)) ?? null,
  };
}

/** Applications are the owner's: their lines stand in no organization's ledger. */
const note = (deps: ManagementDeps, caller: Caller, tx: Transaction, id: ApplicationId, entry: Note): Promise<void> =>
  writeNote(tx, deps.now(), caller, null, { ...entry, resource: `application:${id}` });
