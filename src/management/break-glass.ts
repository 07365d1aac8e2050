import { sendLink } from '../credentials/send-link';
import { MOST_BREAK_GLASS } from '../domain/break-glass';
import { AppError, invalidForm } from '../domain/errors';
import { OWNERS_SLUG } from '../domain/organization';
import type { AccountView } from '../storage/account-views';
import { breakGlassSince, countBreakGlass, grantBreakGlass, withdrawBreakGlass } from '../storage/break-glass';
import { findLocalPerson } from '../storage/local-people';
import { deletePasswordSetSince } from '../storage/passwords';
import { lockKeys } from '../storage/people';
import { endAllSessions } from '../storage/sessions';
import { readSsoStanding } from '../storage/sso-standing';
import type { Caller, ManagementDeps } from './deps';
import { reading, type Island } from './island';

type Person = Pick<AccountView, 'id' | 'contactId'>;

/**
 * Lets an Organization admin come in by password and second factor when the identity provider fails. Who has no password is
 * mailed a link to choose one.
 * @throws AppError invalid_form, admin_managed, invalid_state_change; in_use where as many may already as ever do
 */
export async function designate(deps: ManagementDeps, caller: Caller, island: Island, account: Person): Promise<void> {
  const { tx, now, organization, note } = island;
  const { id: accountId, contactId } = account;
  await lockKeys(tx, organization.id, ['break glass']);
  if (await breakGlassSince(tx, organization.id, accountId)) return;
  await requireMayBeDesignated(island, account);
  await grantBreakGlass(tx, organization.id, accountId, now);
  await note({ action: 'break_glass.granted', accountId, contactId });
  const person = await findLocalPerson(tx, organization.id, accountId);
  if (!person || person.hasPassword) return;
  const occasion = { actor: caller.actor, now, requestId: caller.requestId };
  const order = { organization, purpose: 'set_password', person: { accountId, contactId }, occasion } as const;
  await sendLink(tx, deps, { ...order, to: person });
}

async function requireMayBeDesignated({ tx, organization }: Island, { id }: Person): Promise<void> {
  if (organization.slug === OWNERS_SLUG) throw badBreakGlass('Owners always come in by password.');
  const person = await findLocalPerson(tx, organization.id, id);
  if (person?.adminManaged) throw new AppError('admin_managed');
  if (person?.status !== 'active' && person?.status !== 'invited')
    throw new AppError('invalid_state_change', { detail: `An account that is ${person?.status} opens no way in.` });
  if ((await countBreakGlass(tx, organization.id)) >= MOST_BREAK_GLASS)
    throw new AppError('in_use', {
      detail: `At most ${MOST_BREAK_GLASS} accounts of an organization may; withdraw it from another one first.`,
    });
}

/** Whether people here sign in by an identity provider, which may fail. */
export const isWayInNeeded = (deps: ManagementDeps, caller: Caller, organization: string): Promise<boolean> =>
  reading(
    deps,
    caller,
    organization,
    'admins:read',
    async ({ tx, organization: { id } }) => (await readSsoStanding(tx, id)) !== 'none',
  );

/** Only Organization admins may. */
export const badBreakGlass = (message: string): AppError =>
  invalidForm({ field: 'breakGlass', code: 'invalid_value', message });

/**
 * Withdraws it, where the account has it: its sessions end, and where there is SSO, a password that was chosen for this goes
 * too.
 */
export async function withdraw(island: Island, { id, contactId }: Person): Promise<void> {
  const { tx, now, organization, note } = island;
  const since = await breakGlassSince(tx, organization.id, id);
  if (!since) return;
  await withdrawBreakGlass(tx, organization.id, id);
  if ((await readSsoStanding(tx, organization.id)) !== 'none')
    await deletePasswordSetSince(tx, organization.id, id, since);
  await endAllSessions(tx, organization.id, id, now);
  await note({ action: 'break_glass.withdrawn', accountId: id, contactId });
}
