import type { Adapter, AdapterPayload } from 'oidc-provider';
import { revokeGrant } from '../storage/application-sessions';
import { findClient } from '../storage/applications';
import {
  consumeOidcPayload,
  deleteOidcPayload,
  findOidcPayload,
  saveCode,
  saveOidcPayload,
} from '../storage/oidc-payloads';
import { findToken, type Token } from '../storage/live-grants';
import { clientOf } from './client';
import type { BridgeDeps } from './deps';
import { readGrantId } from './grant-id';
import { grantOf } from './grant';
import { forgetGrant, grantBehind, rememberGrant } from './grant-behind';
import type { Library } from './load-library';

type AdapterDeps = Pick<BridgeDeps, 'db' | 'now'> & { library: Library };

/** What stands on an application's session. */
const TOKENS = ['AuthorizationCode', 'AccessToken', 'RefreshToken'];

/** The provider's storage in Postgres: clients and grants are ours seen with its eyes, the rest are payloads. */
export const createAdapter =
  (deps: AdapterDeps) =>
  (model: string): Adapter => {
    if (model === 'Client') return readOnly((id) => readClient(deps, id));
    if (model === 'Grant') return { ...readOnly((id) => readGrant(deps, id)), destroy: (id) => revoke(deps, id) };
    return payloads(deps, model);
  };

async function readClient({ db, now }: AdapterDeps, clientId: string): Promise<AdapterPayload | undefined> {
  const application = await findClient(db.manager, clientId, now());
  return application && clientOf(application);
}

const requestOf = ({ library }: AdapterDeps) => library.Provider.ctx?.req;

async function readGrant(deps: AdapterDeps, grantId: string): Promise<AdapterPayload | undefined> {
  const key = readGrantId(grantId);
  const grant = key && (await grantBehind(deps, requestOf(deps), grantId));
  return grant && grantOf(key, grant);
}

async function revoke(deps: AdapterDeps, grantId: string): Promise<void> {
  const { db, now } = deps;
  const key = readGrantId(grantId);
  const req = requestOf(deps);
  if (req) forgetGrant(req);
  if (key) await revokeGrant(db.manager, key.organizationId, key.id, now());
}

/** What it stands on is remembered for this request, which asks for it next. */
async function readToken(deps: AdapterDeps, model: string, id: string): Promise<Token | undefined> {
  const found = await findToken(deps.db.manager, model, id, deps.now());
  const { grantId } = (found?.payload ?? {}) as AdapterPayload;
  const req = requestOf(deps);
  if (req && grantId) rememberGrant(req, grantId, found?.grant);
  return found;
}

const unused = (): Promise<never> => Promise.reject(new Error('the provider was not expected to ask this'));

const readOnly = (find: (id: string) => Promise<AdapterPayload | undefined>): Adapter => ({
  find,
  upsert: unused,
  consume: unused,
  destroy: unused,
  revokeByGrantId: unused,
  findByUid: unused,
  findByUserCode: unused,
});

/** Security 24: the id is the secret; it is neither the key of the row, which is its hash, nor in the payload. */
function payloads(deps: AdapterDeps, model: string): Adapter {
  const { db, now } = deps;

  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const found = TOKENS.includes(model)
      ? await readToken(deps, model, id)
      : await findOidcPayload(db.manager, model, id);
    return found && { ...found.payload, jti: id, ...(found.consumedAt && { consumed: seconds(found.consumedAt) }) };
  };

  return {
    find,
    async upsert(id, { jti: _id, session, ...payload }, expiresIn = 0) {
      const expiresAt = new Date(Date.now() + expiresIn * 1000);
      const grant = payload.grantId ? readGrantId(payload.grantId) : undefined;
      // An interaction belongs to the browser: the session it began in may have been followed by another when it ends.
      const kept = { ...payload, ...(session && { session: { ...session, uid: undefined } }) };
      const saved = { model, id, payload: kept, expiresAt, grant };
      // The library consumes a code, and never saves one again.
      if (model === 'AuthorizationCode' && grant) return saveCode(db.manager, saved, grant, now());
      await saveOidcPayload(db.manager, saved);
    },
    async consume(id) {
      if (await consumeOidcPayload(db.manager, model, id, now())) return;
      // RFC 6749, 4.1.2 and RFC 9700, 4.14.2: two at once are one too many, and all that came of it ends.
      const { grantId } = (await find(id)) ?? {};
      if (grantId) await revoke(deps, grantId);
      throw new deps.library.errors.InvalidGrant('it was used before');
    },
    destroy: (id) => deleteOidcPayload(db.manager, model, id),
    revokeByGrantId: (grantId) => revoke(deps, grantId),
    findByUid: unused,
    findByUserCode: unused,
  };
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
