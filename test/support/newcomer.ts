import { createSamlKey, idpMetadataXml } from '../../src/demo/saml-response';
import { openDoor } from '../../src/provisioning/door';
import { provision, type Outcome } from '../../src/provisioning/provision';
import { recordFromIdentity } from '../../src/sources/jit';
import { insertSession } from '../../src/storage/sessions';
import { listSources } from '../../src/storage/sources';
import { inTransaction } from '../../src/storage/transaction';
import type { TestApi } from './api';

/** An active SAML connection; yields its id. */
export async function newConnection(api: TestApi, organization: string): Promise<string> {
  const { certificate } = await createSamlKey();
  const idp = { entityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso' };
  const metadataXml = idpMetadataXml({ ...idp, certificates: [certificate] });
  return (await api.post(`${organization}/connections`, { kind: 'saml', name: 'IdP', metadataXml, state: 'active' }))
    .body.id;
}

/** Somebody passes the door as whoever signed in by a connection. */
export async function newcomer(
  api: TestApi,
  organizationId: string,
  connectionId: string,
  subject: string,
  attributes: object,
): Promise<Outcome> {
  return inTransaction(api.db, async (tx) => {
    const source = (await listSources(tx, organizationId)).find((one) => one.connectionId === connectionId);
    const door = await openDoor(tx, organizationId, source?.id ?? '');
    const identity = {
      ...{ connectionId, issuer: 'https://idp.example', subject, attributes: {}, emailVerified: true },
      ...{ authenticatedAt: api.now, amr: [] },
    };
    const record = recordFromIdentity(door.sourceId, identity, { attributes }, { emailVerified: true });
    const [outcome] = await provision(tx, door, [record], { actor: { kind: 'person', connectionId }, now: api.now });
    if (!outcome) throw new Error('the door yields an outcome per record');
    return outcome;
  });
}

/** A session of an account; yields its id. */
export async function newSession(api: TestApi, organizationId: string, accountId: string): Promise<string> {
  const id = crypto.randomUUID();
  const times = { authenticatedAt: api.now, createdAt: api.now, expiresAt: new Date(api.now.getTime() + 3_600_000) };
  const unknown = { connectionId: null, principal: null, sessionIndex: null, amr: ['pwd'], acr: null, userAgent: null };
  await insertSession(api.db.manager, { id, organizationId, accountId, idleSeconds: 3600, ...times, ...unknown });
  return id;
}
