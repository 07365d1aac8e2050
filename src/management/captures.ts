import { z } from 'zod';
import { AppError } from '../domain/errors';
import { deleteCaptures, findCapture, type CaptureLine } from '../storage/captures';
import { setCaptureUntil } from '../storage/connections';
import { connectionIn } from './connection-parts';
import type { Caller, ManagementDeps } from './deps';
import { changing } from './island';

export const captureForm = z.strictObject({
  minutes: z.number().int().min(5).max(1440).default(60).meta({ description: 'How long what arrives is kept.' }),
});
export type CaptureForm = z.output<typeof captureForm>;

/** From now on, for a while, what arrives at the connection is kept. @throws AppError unknown_connection */
export const startCapture = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  { minutes }: CaptureForm,
): Promise<{ captureUntil: Date }> =>
  changing(deps, caller, organization, 'sign-in-captures:write', async (island) => {
    const { tx, now, organization: own, note } = island;
    await connectionIn(island, id);
    const captureUntil = new Date(now.getTime() + minutes * 60_000);
    await setCaptureUntil(tx, own.id, id, captureUntil);
    await note({ action: 'connection.capture_started', connectionId: id, details: { minutes } });
    return { captureUntil };
  });

/** Nothing is kept any more, and what was kept is deleted. @throws AppError unknown_connection */
export const endCapture = (deps: ManagementDeps, caller: Caller, organization: string, id: string): Promise<void> =>
  changing(deps, caller, organization, 'sign-in-captures:write', async (island) => {
    const { tx, organization: own, note } = island;
    await connectionIn(island, id);
    await setCaptureUntil(tx, own.id, id, null);
    const deleted = await deleteCaptures(tx, own.id, id);
    await note({ action: 'connection.capture_ended', connectionId: id, details: { deleted } });
  });

/** What arrived at an attempt. That it was read stands in the ledger. @throws AppError not_found */
export const readCapture = (
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  attemptId: string,
): Promise<CaptureLine> =>
  changing(deps, caller, organization, 'sign-in-captures:read', async ({ tx, now, organization: own, note }) => {
    const found = await findCapture(tx, deps.box, own.id, attemptId, now);
    if (!found) throw new AppError('not_found');
    await note({ action: 'sign_in_capture.read', connectionId: found.connectionId, attemptId });
    return found;
  });
