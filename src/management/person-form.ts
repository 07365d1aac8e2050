import { STANDARD_ATTRIBUTES, type AttributeValues } from '../domain/attributes';
import type { DesiredAccess } from '../domain/desired-record';
import { domainOf } from '../domain/email-address';
import { verifiedDomains } from '../storage/domains';
import type { PersonForm } from '../sources/form';
import type { AccountChangeForm } from './account-forms';
import type { Island } from './island';
import { resolveReferences } from './references';

/**
 * The API's form as the source takes it: names of groups, profile and licence resolved, the address weighed.
 * @throws AppError invalid_form with every name that is unknown
 */
export async function personForm({ tx, organization }: Island, form: AccountChangeForm): Promise<PersonForm> {
  const { userType, username, adminManaged, accessUntil } = form;
  const references = await resolveReferences(tx, organization.id, form, {
    groups: 'groups',
    permissionProfile: 'permissionProfile',
    licence: 'licence',
  });
  const access: DesiredAccess = { ...references, userType, username, adminManaged, accessUntil };
  const domains = form.email ? await verifiedDomains(tx, organization.id) : undefined;
  return {
    attributes: attributesOf(form),
    emailVerified: Boolean(form.email && domains?.has(domainOf(form.email))),
    access: Object.fromEntries(Object.entries(access).filter(([, value]) => value !== undefined)),
  };
}

function attributesOf(form: AccountChangeForm): AttributeValues {
  const standard = STANDARD_ATTRIBUTES.flatMap((name) => (form[name] === undefined ? [] : [[name, form[name]]]));
  const own = Object.entries(form.attributes ?? {}).map(([name, value]) => [`attributes.${name}`, value]);
  return Object.fromEntries([...standard, ...own]) as AttributeValues;
}
