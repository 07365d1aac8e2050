import type { ConnectionChangeForm } from './connection-forms';
import { connectionIn } from './connection-parts';
import { readChange } from './connections';
import type { Caller, ManagementDeps } from './deps';
import { reading } from './island';
import { foreseeRepointing, type Repointing } from './repointing';

/**
 * What a change would mean for the people who sign in by the connection. Looks at the provider as the change does, and
 * changes nothing.
 * @throws AppError unknown_connection, invalid_metadata, invalid_issuer, address_refused, invalid_form
 */
export async function previewConnectionChange(
  deps: ManagementDeps,
  caller: Caller,
  organization: string,
  id: string,
  asked: ConnectionChangeForm,
): Promise<Repointing> {
  const before = await reading(deps, caller, organization, 'connections:write', (island) => connectionIn(island, id));
  const { form, apply } = await readChange(deps, before, asked);
  return reading(deps, caller, organization, 'connections:write', async (island) => {
    const present = await connectionIn(island, id);
    const { kind, trustEmail } = present;
    const after = { kind, settings: apply(present.settings), trustEmail: form.trustEmail ?? trustEmail };
    return foreseeRepointing(island, present, after);
  });
}
