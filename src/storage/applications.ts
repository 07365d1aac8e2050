import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Application } from '../domain/application';
import type { ApplicationId, OrganizationId } from '../domain/ids';
import { preparedRow, row, rows, type Transaction } from './rows';

/** An application with the slugs of the organizations it is for; empty where it is for all. */
export interface ApplicationView extends Application {
  organizations: readonly string[];
}

/** What an application may be made of, and changed in. */
export type ApplicationFields = Omit<Application, 'id' | 'clientId' | 'createdAt' | 'updatedAt' | 'lastUsedAt'>;

const FIELDS = `p.client_id, p.name, p.redirect_uris, p.post_logout_redirect_uris, p.any_loopback, p.backchannel_logout_uri, p.initiate_login_uri,
  p.token_endpoint_auth_method, p.id_token_algorithm, p.jwks, p.jwks_uri, p.all_organizations, p.only_groups, p.only_licences, p.claims`;
const COLUMNS = `p.id, ${FIELDS}, p.created_at, p.updated_at, p.last_used_at,
  ARRAY(SELECT s.slug FROM application_organizations x JOIN organization_slugs s ON s.organization_id = x.organization_id AND s.is_current
         WHERE x.application_id = p.id ORDER BY s.slug) AS organizations`;

const COLUMN_OF: Readonly<Record<keyof ApplicationFields, string>> = {
  name: 'name',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  anyLoopback: 'any_loopback',
  backchannelLogoutUri: 'backchannel_logout_uri',
  initiateLoginUri: 'initiate_login_uri',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  idTokenAlgorithm: 'id_token_algorithm',
  jwks: 'jwks',
  jwksUri: 'jwks_uri',
  allOrganizations: 'all_organizations',
  onlyGroups: 'only_groups',
  onlyLicences: 'only_licences',
  claims: 'claims',
};

type Assignment = readonly [column: string, value: unknown];

const assignments = (fields: Partial<ApplicationFields>): Assignment[] =>
  (Object.entries(fields) as [keyof ApplicationFields, unknown][]).map(([field, value]) => [
    COLUMN_OF[field],
    field === 'jwks' && value !== null ? JSON.stringify(value) : value,
  ]);

/** Violates `applications_client_id` when the client id is taken. */
export async function insertApplication(
  tx: Transaction,
  clientId: string,
  fields: ApplicationFields,
): Promise<ApplicationId> {
  const id = uuid();
  const all: Assignment[] = [['id', id], ['client_id', clientId], ...assignments(fields)];
  await tx.query(
    `INSERT INTO applications (${all.map(([column]) => column).join(', ')}) VALUES (${all.map((_, index) => `$${index + 1}`).join(', ')})`,
    all.map(([, value]) => value),
  );
  return id;
}

export async function updateApplication(
  tx: Transaction,
  id: ApplicationId,
  fields: Partial<ApplicationFields>,
): Promise<void> {
  const all = assignments(fields);
  const sets = all.map(([column], index) => `${column} = $${index + 2}, `).join('');
  await tx.query(`UPDATE applications SET ${sets} updated_at = now() WHERE id = $1`, [
    id,
    ...all.map(([, value]) => value),
  ]);
}

export async function deleteApplication(tx: Transaction, id: ApplicationId): Promise<void> {
  await tx.query(`DELETE FROM applications WHERE id = $1`, [id]);
}

/** The organizations it is for, where it is not for all. */
export async function setOrganizations(
  tx: Transaction,
  id: ApplicationId,
  organizations: readonly OrganizationId[],
): Promise<void> {
  await tx.query(`DELETE FROM application_organizations WHERE application_id = $1`, [id]);
  await tx.query(
    `INSERT INTO application_organizations (organization_id, application_id) SELECT o, $1 FROM unnest($2::uuid[]) o`,
    [id, organizations],
  );
}

export const findApplication = (tx: Transaction, id: ApplicationId): Promise<ApplicationView | undefined> =>
  row<ApplicationView>(tx, `SELECT ${COLUMNS} FROM applications p WHERE p.id = $1`, [id]);

export const findApplicationByClientId = (tx: Transaction, clientId: string): Promise<ApplicationView | undefined> =>
  row<ApplicationView>(tx, `SELECT ${COLUMNS} FROM applications p WHERE p.client_id = $1`, [clientId]);

/** A page of applications, in the order of their creation. */
export const listApplications = (tx: Transaction, limit: number, after?: ApplicationId): Promise<ApplicationView[]> =>
  rows<ApplicationView>(
    tx,
    `SELECT ${COLUMNS} FROM applications p WHERE ($2::uuid IS NULL OR p.id > $2) ORDER BY p.id LIMIT $1`,
    [limit, after ?? null],
  );

/** An application as the OpenID provider meets it: with the hashes of the secrets in force. */
export interface ApplicationClient extends ApplicationView {
  /** In hexadecimal. */
  secrets: readonly string[];
}

export const findClient = (tx: Transaction, clientId: string, now: Date): Promise<ApplicationClient | undefined> =>
  preparedRow<ApplicationClient>(
    tx,
    'application_client',
    `SELECT p.id, ${FIELDS},
            ARRAY(SELECT s.slug FROM application_organizations x JOIN organization_slugs s ON s.organization_id = x.organization_id AND s.is_current
                   WHERE x.application_id = p.id ORDER BY s.slug) AS organizations,
            ARRAY(SELECT encode(k.secret_hash, 'hex') FROM application_secrets k
                   WHERE k.application_id = p.id AND (k.expires_at IS NULL OR k.expires_at > $2) ORDER BY k.id) AS secrets
       FROM applications p WHERE p.client_id = $1`,
    [clientId, now],
  );

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** A further secret; those there were end at `overlapEnds`, unless they end before. */
export async function addSecret(
  tx: Transaction,
  applicationId: ApplicationId,
  secret: string,
  now: Date,
  overlapEnds: Date,
): Promise<void> {
  await tx.query(
    `UPDATE application_secrets SET expires_at = least(expires_at, $2::timestamptz) WHERE application_id = $1`,
    [applicationId, overlapEnds],
  );
  await tx.query(
    `INSERT INTO application_secrets (id, application_id, secret_hash, created_at) VALUES ($1, $2, $3, $4)`,
    [uuid(), applicationId, hashSecret(secret), now],
  );
}

export async function hasSecret(tx: Transaction, id: ApplicationId, secret: string, now: Date): Promise<boolean> {
  const found = await row(
    tx,
    `SELECT 1 FROM application_secrets WHERE application_id = $1 AND secret_hash = $2 AND (expires_at IS NULL OR expires_at > $3)`,
    [id, hashSecret(secret), now],
  );
  return found !== undefined;
}

export interface SecretView {
  id: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

export const listSecrets = (tx: Transaction, applicationId: ApplicationId): Promise<SecretView[]> =>
  rows<SecretView>(
    tx,
    `SELECT id, created_at, expires_at, last_used_at FROM application_secrets WHERE application_id = $1 ORDER BY id DESC`,
    [applicationId],
  );

const IS_OLD = `(last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')`;

/** Notes that the application got tokens; once a minute at most. */
export async function touchApplication(tx: Transaction, id: ApplicationId, now: Date): Promise<void> {
  await tx.query(`UPDATE applications SET last_used_at = $2 WHERE id = $1 AND ${IS_OLD}`, [id, now]);
}

/** Notes that the application proved itself by this secret; once a minute at most. */
export async function touchSecret(tx: Transaction, id: ApplicationId, secretHash: Buffer, now: Date): Promise<void> {
  await tx.query(
    `UPDATE application_secrets SET last_used_at = $2 WHERE application_id = $1 AND secret_hash = $3 AND ${IS_OLD}`,
    [id, now, secretHash],
  );
}
