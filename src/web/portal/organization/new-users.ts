import { newAccountForm } from '../../../management/account-forms';
import { createAccount } from '../../../management/accounts';
import { changeContact, contactChangeForm } from '../../../management/contact-change';
import { listContacts } from '../../../management/contact-list';
import { readContact } from '../../../management/contacts';
import { parseForm } from '../../../management/form';
import { signsInBySso } from '../../../management/new-account';
import { includesScope } from '../../../management/scopes';
import type { ContactLine } from '../../../storage/contacts';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { NEEDED, type Needed } from './new-users-pages';

const PER_PAGE = 25;

/** People who are known but have no account yet. */
export const newUsersRoutes: readonly PortalRoute[] = [
  page('/new-users', 'contacts:read', (call) => list(call)),
  action('/new-users/:id', 'contacts:write', fillIn),
];

async function list(
  call: PortalCall,
  refused?: { contact: ContactLine; values: Record<Needed, string>; errors: readonly FieldError[] },
): Promise<void> {
  const { deps, caller, org, query, base, res } = call;
  const q = query.q?.trim();
  const { items, total, nextCursor, previousCursor } = await listContacts(deps, caller, org, {
    ...{ kind: 'person', hasAccount: false, limit: PER_PAGE, total: true, sort: 'createdAt', order: 'desc' },
    ...(q && { q }),
    ...(query.cursor && { cursor: query.cursor }),
  });
  if (refused) res.status(422);
  // Whose form was refused comes first, wherever they stand in the list.
  const first = refused ? [refused.contact] : [];
  const people = [...first, ...items.filter(({ id }) => id !== refused?.contact.id)];
  showPortal(call, 'portal/new-users', {
    people: people.map((contact) => ({
      ...{ id: contact.id, createdAt: contact.createdAt },
      values: refused?.contact.id === contact.id ? refused.values : known(contact),
    })),
    ...(refused && { refused: { id: refused.contact.id, errors: refused.errors } }),
    ...{ total: total ?? 0, q, nextCursor, previousCursor },
    mayChange: includesScope(caller.scopes, 'contacts:write') && includesScope(caller.scopes, 'accounts:write'),
    url: `${base}/new-users`,
    usersUrl: `${base}/users`,
  });
}

/** Fills in what is missing; with the other button the person gets an account too, by what the policy says. */
async function fillIn(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const id = params.id ?? '';
  const values = Object.fromEntries(NEEDED.map((field) => [field, form.text(field).trim()])) as Record<Needed, string>;
  const isGiven = form.text('give') !== '';
  const result = await attempt(() => (isGiven ? give(call, id, values) : change(call, id, values)));
  if (result.errors)
    return list(call, { contact: await readContact(deps, caller, org, id), values, errors: result.errors });
  if (result.done) return goOn(call, `/users/${result.done}`, 'newUsers.notice.given');
  goOn(call, '/new-users', 'newUsers.notice.saved');
}

/** Only what differs is said by hand: the rest stays whose it is. */
async function change(
  { deps, caller, org }: PortalCall,
  id: string,
  values: Readonly<Record<Needed, string>>,
): Promise<undefined> {
  const before = known(await readContact(deps, caller, org, id));
  const changed = NEEDED.filter((field) => values[field] !== before[field]);
  const form = Object.fromEntries(changed.map((field) => [field, values[field] || null]));
  if (changed.length) await changeContact(deps, caller, org, id, parseForm(contactChangeForm, form));
}

/** Without an identity provider the person is mailed a link. Yields the account's id. */
async function give(
  { deps, caller, org }: PortalCall,
  contactId: string,
  values: Readonly<Record<Needed, string>>,
): Promise<string> {
  const sendLink = !(await signsInBySso(deps, caller, org));
  const form = parseForm(newAccountForm, { ...values, contactId, ...(sendLink && { sendLink }) });
  return (await createAccount(deps, caller, org, form)).id;
}

const known = ({ attributes, email }: ContactLine): Record<Needed, string> => ({
  givenName: attributes.givenName ?? '',
  familyName: attributes.familyName ?? '',
  email: email ?? '',
});
