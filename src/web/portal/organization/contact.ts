import { changeContact, contactChangeForm } from '../../../management/contact-change';
import { listContacts } from '../../../management/contact-list';
import { createContact, newContactForm, removeContact } from '../../../management/contact-new';
import { readContact, type ContactView } from '../../../management/contacts';
import { parseForm } from '../../../management/form';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { CONTACT_FIELDS, type ContactFormModel } from './contact-pages';
import { contactName } from './contact-words';

const PEOPLE = 50;
/** As many organizations as a form offers. */
const MOST_ORGANIZATIONS = 1_000;

/** One contact: a person, or an organization with its people. */
export const contactRoutes: readonly PortalRoute[] = [
  page('/catalog/new', 'contacts:write', (call) => showForm(call, { values: {}, errors: [] })),
  action('/catalog/new', 'contacts:write', create),
  page('/catalog/:id', 'contacts:read', show),
  page('/catalog/:id/edit', 'contacts:write', edit),
  action('/catalog/:id/edit', 'contacts:write', change),
  page('/catalog/:id/delete', 'contacts:write', confirmDelete),
  action('/catalog/:id/delete', 'contacts:write', remove),
];

const contactOf = ({ deps, caller, org, params }: PortalCall): Promise<ContactView> =>
  readContact(deps, caller, org, params.id ?? '');

async function show(call: PortalCall): Promise<void> {
  const { deps, caller, org, base, query } = call;
  const contact = await contactOf(call);
  const isOrganization = contact.kind === 'organization';
  const held = { partOf: contact.id, sort: 'name', limit: PEOPLE, total: true, cursor: query.cursor } as const;
  showPortal(call, 'portal/contact', {
    contact,
    ...(isOrganization && { people: await listContacts(deps, caller, org, held) }),
    ...{ url: `${base}/catalog/${contact.id}`, catalogUrl: `${base}/catalog`, usersUrl: `${base}/users` },
    mayGive: includesScope(caller.scopes, 'accounts:write'),
    mayChange: includesScope(caller.scopes, 'contacts:write'),
  });
}

async function create(call: PortalCall): Promise<void> {
  const { deps, caller, org } = call;
  const values = typed(call, 'organization');
  const given = Object.entries(values).filter(([, value]) => value !== '');
  const { displayName: name, ...fields } = Object.fromEntries(given);
  const result = await attempt(async () =>
    createContact(deps, caller, org, parseForm(newContactForm, { kind: 'organization', name, ...fields })),
  );
  if (result.errors) return showForm(call, { values, errors: result.errors });
  goOn(call, `/catalog/${result.done.id}`, 'catalog.notice.created');
}

async function edit(call: PortalCall): Promise<void> {
  const contact = await contactOf(call);
  await showForm(call, { values: known(contact), errors: [], contact });
}

/** Only what differs is said by hand: the rest stays whose it is. */
async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org } = call;
  const contact = await contactOf(call);
  const [before, values] = [known(contact), typed(call, contact.kind)];
  const changed = Object.entries(values).filter(([field, value]) => value !== before[field]);
  const form = Object.fromEntries(changed.map(([field, value]) => [field, value || null]));
  const result = await attempt(async () =>
    changed.length ? changeContact(deps, caller, org, contact.id, parseForm(contactChangeForm, form)) : contact,
  );
  if (result.errors) return showForm(call, { values, errors: result.errors, contact });
  goOn(call, `/catalog/${contact.id}`, 'catalog.notice.changed');
}

async function confirmDelete(call: PortalCall): Promise<void> {
  const contact = await contactOf(call);
  const { t } = call.web.languages.of(call.req, call.res);
  const url = `${call.base}/catalog/${contact.id}`;
  showPortal(call, 'portal/confirm', {
    title: t('portal.catalog.confirmDelete', { name: contactName(contact, t) }),
    consequences: [t(`portal.catalog.deleteText.${contact.kind}`), t('portal.catalog.deleteComesBack')],
    ...{ action: `${url}/delete`, button: t('portal.catalog.delete'), danger: true, cancelUrl: url },
  });
}

async function remove(call: PortalCall): Promise<void> {
  await removeContact(call.deps, call.caller, call.org, call.params.id ?? '');
  goOn(call, '/catalog', 'catalog.notice.deleted');
}

const known = ({ attributes, email, externalId, partOf }: ContactView): Readonly<Record<string, string>> => ({
  ...{ displayName: attributes.displayName ?? '', givenName: attributes.givenName ?? '' },
  ...{ familyName: attributes.familyName ?? '', email: email ?? '', externalId: externalId ?? '' },
  partOf: partOf?.id ?? '',
});

const typed = ({ form }: PortalCall, kind: ContactView['kind']): Readonly<Record<string, string>> =>
  Object.fromEntries(CONTACT_FIELDS[kind].map((field) => [field, form.text(field).trim()]));

async function showForm(
  call: PortalCall,
  { contact, ...filledIn }: Pick<ContactFormModel, 'values'> & { errors: readonly FieldError[]; contact?: ContactView },
): Promise<void> {
  const { deps, caller, org, base, res } = call;
  if (filledIn.errors.length) res.status(422);
  const kind = contact?.kind ?? 'organization';
  const all = { kind: 'organization', sort: 'name', limit: MOST_ORGANIZATIONS } as const;
  const { items } = kind === 'person' ? await listContacts(deps, caller, org, all) : { items: [] };
  showPortal(call, 'portal/contact-form', {
    ...{ kind, ...filledIn, organizations: items, catalogUrl: `${base}/catalog` },
    ...(contact && { contact, url: `${base}/catalog/${contact.id}` }),
  });
}
