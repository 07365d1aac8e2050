import { randomBytes } from 'node:crypto';
import type { CallbackInput } from '../connections/connection';
import { holdReply, takeReply } from '../storage/replies';
import type { SignInConnection } from '../storage/connections';
import { hashOf } from './attempt';
import type { SignInDeps } from './deps';

const HELD_SECONDS = 300;
const COLUMN = 'held_replies.reply';

/** Keeps a reply under a one-time handle of 256 random bits, which it yields. */
export async function holdReplyOf(
  deps: SignInDeps,
  connection: SignInConnection,
  reply: CallbackInput,
): Promise<string> {
  const handle = randomBytes(32).toString('base64url');
  const { organizationId, id: connectionId } = connection;
  await holdReply(deps.db.manager, {
    organizationId,
    connectionId,
    handleHash: hashOf(handle),
    reply: deps.box.seal(JSON.stringify(reply), { organizationId, column: COLUMN }),
    expiresAt: new Date(deps.now().getTime() + HELD_SECONDS * 1000),
  });
  return handle;
}

/** Takes a held reply out; undefined when it was taken before, or is too old. */
export async function heldReply(
  deps: SignInDeps,
  connection: SignInConnection,
  handle: string,
): Promise<CallbackInput | undefined> {
  const { organizationId, id } = connection;
  const sealed = await takeReply(deps.db.manager, organizationId, id, hashOf(handle), deps.now());
  return sealed ? (JSON.parse(deps.box.open(sealed, { organizationId, column: COLUMN })) as CallbackInput) : undefined;
}
