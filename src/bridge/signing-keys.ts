import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';
import { ID_TOKEN_ALGORITHMS, type IdTokenAlgorithm } from '../domain/application';
import type { Actor } from '../domain/ledger-entry';
import { writeLedger } from '../storage/ledger';
import type { Database, Transaction } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';
import {
  deleteSigningKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  setActiveFrom,
  type SigningKeyRow,
} from '../storage/signing-keys';
import { inTransaction } from '../storage/transaction';

interface KeyDeps {
  db: Database;
  box: SecretBox;
  now: () => Date;
}

const DAY = 24 * 3600_000;
/** A key signs for so long; the one after it is published from its first day on, so that every application knows it by then. */
const ACTIVE_DAYS = 90;
/** No key signs before it has been published for so long. */
const PUBLISHED_DAYS = 1;
/** What a key signed can be verified for so long after another took over. */
const KEPT_DAYS = 30;
const PLACE = { organizationId: null, column: 'signing_keys.private_key' };

const makePair = promisify(generateKeyPair);

/** Keys as they stand: those that sign now first, each algorithm's next and former ones after them. */
export async function readSigningKeys({ db, box, now }: KeyDeps): Promise<readonly JWK[]> {
  const keys = await listSigningKeys(db.manager);
  const isWhole = ID_TOKEN_ALGORITHMS.every((algorithm) => {
    const { current, next, over } = standing(keys, algorithm, now());
    return current && next && !over.length;
  });
  const known = isWhole ? keys : await renewSigningKeys({ db, box, now });
  const active = ID_TOKEN_ALGORITHMS.map((algorithm) => standing(known, algorithm, now()).current?.id);
  const inOrder = [...known].sort((a, b) => Number(active.includes(b.id)) - Number(active.includes(a.id)));
  return inOrder.map(({ id, algorithm, privateKey }) => ({
    ...(JSON.parse(box.open(privateKey, PLACE)) as JWK),
    ...{ kid: id, alg: algorithm, use: 'sig' },
  }));
}

/** Makes what is missing, the next keys included, and drops what is long over. Yields the keys there are then. */
export const renewSigningKeys = ({ db, box, now }: KeyDeps): Promise<readonly SigningKeyRow[]> =>
  inTransaction(db, async (tx) => {
    await lockSigningKeys(tx);
    for (const algorithm of ID_TOKEN_ALGORITHMS) await renew(tx, box, algorithm, now());
    return listSigningKeys(tx);
  });

/** A key that signs before it was to. */
export interface RotatedKey {
  id: string;
  algorithm: IdTokenAlgorithm;
  activeFrom: Date;
}

/**
 * Has the next key sign now, or as soon as it has been published for a day; the present one is kept for verification,
 * and another next one is published. Every process follows within a minute.
 */
export const rotateSigningKey = (
  { db, box, now }: KeyDeps,
  algorithm: IdTokenAlgorithm,
  actor: Actor,
): Promise<RotatedKey> =>
  inTransaction(db, async (tx) => {
    await lockSigningKeys(tx);
    await renew(tx, box, algorithm, now());
    const { next } = standing(await listSigningKeys(tx), algorithm, now());
    if (!next) throw new Error('a next key was just made');
    const known = next.createdAt.getTime() + PUBLISHED_DAYS * DAY;
    const activeFrom = new Date(Math.min(next.activeFrom.getTime(), Math.max(known, now().getTime())));
    await setActiveFrom(tx, next.id, activeFrom);
    await renew(tx, box, algorithm, now());
    const details = { algorithm, activeFrom: activeFrom.toISOString() };
    const line = { action: 'signing_key.rotated', resource: `signing_key:${next.id}`, details };
    await writeLedger(tx, now(), [{ ...line, organizationId: null, actor }]);
    return { id: next.id, algorithm, activeFrom };
  });

/** Keys that none of SECRET_KEYS opens. With one of these the bridge does not answer. */
export const closedSigningKeys = async ({ db, box }: Omit<KeyDeps, 'now'>): Promise<readonly SigningKeyRow[]> =>
  (await listSigningKeys(db.manager)).filter(({ privateKey }) => !opens(box, privateKey));

function opens(box: SecretBox, sealed: string): boolean {
  try {
    box.open(sealed, PLACE);
    return true;
  } catch {
    return false;
  }
}

async function renew(tx: Transaction, box: SecretBox, algorithm: IdTokenAlgorithm, now: Date): Promise<void> {
  const { current, next, over } = standing(await listSigningKeys(tx), algorithm, now);
  const activeFrom = current?.activeFrom ?? now;
  if (!current) await insertSigningKey(tx, await makeKey(box, algorithm, now, now));
  const due = Math.max(activeFrom.getTime() + ACTIVE_DAYS * DAY, now.getTime() + PUBLISHED_DAYS * DAY);
  if (!next) await insertSigningKey(tx, await makeKey(box, algorithm, now, new Date(due)));
  await deleteSigningKeys(
    tx,
    over.map(({ id }) => id),
  );
}

/** An algorithm's keys by what they are for at this moment. */
function standing(keys: readonly SigningKeyRow[], algorithm: IdTokenAlgorithm, now: Date) {
  const own = keys.filter((key) => key.algorithm === algorithm);
  const begun = own.filter(({ activeFrom }) => activeFrom <= now);
  const longAgo = new Date(now.getTime() - KEPT_DAYS * DAY);
  // A key signed until the one after it took over.
  const over = begun.filter((_key, index) => (begun[index - 1]?.activeFrom ?? now) <= longAgo);
  return { current: begun[0], over, next: own.find(({ activeFrom }) => activeFrom > now) };
}

async function makeKey(
  box: SecretBox,
  algorithm: IdTokenAlgorithm,
  createdAt: Date,
  activeFrom: Date,
): Promise<SigningKeyRow> {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? await makePair('ec', { namedCurve: 'P-256' })
      : await makePair('rsa', { modulusLength: 2048 });
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));
  return { id, algorithm, privateKey: box.seal(jwk, PLACE), createdAt, activeFrom };
}
