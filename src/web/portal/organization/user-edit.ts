import { z } from 'zod';
import { accountChangeForm } from '../../../management/account-forms';
import { changeAccount, readAccount } from '../../../management/accounts';
import { parseForm } from '../../../management/form';
import { readProvenance, type AccountProvenance } from '../../../management/provenance';
import type { AccountView } from '../../../storage/account-views';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { givenValue, PERSON_FIELDS, type PersonChoices, type PersonValues } from './person-fields';
import { choicesOf, typedPerson } from './person-typed';
import type { UserEditModel } from './user-edit-pages';

/** What an admin says of a person. */
export const userEditRoutes: readonly PortalRoute[] = [
  page('/users/:id/edit', 'accounts:write', show),
  action('/users/:id/edit', 'accounts:write', save),
];

interface Known {
  account: AccountView;
  provenance: AccountProvenance;
  choices: PersonChoices;
  /** What the form would show of it. */
  values: PersonValues;
}

async function show(call: PortalCall): Promise<void> {
  const known = await readKnown(call);
  showForm(call, known, { values: known.values, errors: [], conflicts: [] });
}

/** Sends on only what was changed here; what another admin changed meanwhile is shown first. */
async function save(call: PortalCall): Promise<void> {
  const { deps, caller, org, params } = call;
  const known = await readKnown(call);
  const [was, typed] = [shownBefore(call), typedPerson(call)];
  const changed = PERSON_FIELDS.filter((field) => typed[field] !== (was[field] ?? ''));
  const meanwhile = PERSON_FIELDS.filter((field) => known.values[field] !== (was[field] ?? ''));
  const values = { ...known.values, ...pick(typed, changed) };
  if (meanwhile.length) {
    const conflicts = meanwhile.map((field) => ({
      ...{ field, before: was[field] ?? '', after: known.values[field] ?? '', typed: values[field] ?? '' },
    }));
    return showForm(call, known, { values, errors: [], conflicts });
  }
  const form = Object.fromEntries(changed.map((field) => [field, changedValue(field, typed[field] ?? '')]));
  const result = await attempt(async () =>
    changeAccount(deps, caller, org, params.id ?? '', parseForm(accountChangeForm, form)),
  );
  if (result.errors) return showForm(call, known, { values, errors: result.errors, conflicts: [] });
  goOn(call, `/users/${known.account.id}`, 'user.notice.saved');
}

function changedValue(field: string, value: string): unknown {
  if (field === 'groups') return value ? value.split(',') : [];
  return givenValue(field, value) ?? null;
}

const pick = (values: PersonValues, fields: readonly string[]): PersonValues =>
  Object.fromEntries(fields.map((field) => [field, values[field] ?? '']));

const shown = z.record(z.string(), z.string());

/** Whoever sends nothing readable has seen nothing: all there is counts as changed meanwhile. */
function shownBefore({ form }: PortalCall): PersonValues {
  try {
    return shown.parse(JSON.parse(form.text('was')));
  } catch {
    return {};
  }
}

async function readKnown(call: PortalCall): Promise<Known> {
  const { deps, caller, org, params } = call;
  const account = await readAccount(deps, caller, org, params.id ?? '');
  const provenance = await readProvenance(deps, caller, org, account.id);
  const choices = await choicesOf(call);
  return { account, provenance, choices, values: valuesOf(account, provenance, choices) };
}

function valuesOf(account: AccountView, provenance: AccountProvenance, choices: PersonChoices): PersonValues {
  const idOf = (name: string | null, from: PersonChoices['groups']) => from.find((one) => one.name === name)?.id ?? '';
  const { givenName, familyName, email, username, displayName, phone, extension, department, title, site } = account;
  const texts = { givenName, familyName, email, username, displayName, phone, extension, department, title, site };
  const byHand = provenance.groups.filter(({ because }) => because.some(({ source }) => source.kind === 'admin'));
  const handIds = new Set(byHand.map(({ id }) => id));
  return {
    ...Object.fromEntries(Object.entries(texts).map(([field, value]) => [field, value ?? ''])),
    // In the order in which the form offers them, as it sends them back.
    groups: choices.groups.flatMap(({ id }) => (handIds.has(id) ? [id] : [])).join(),
    userType: account.userType,
    permissionProfile: idOf(account.permissionProfile, choices.permissionProfiles),
    licence: idOf(account.licence, choices.licences),
    accessUntil: account.accessUntil?.toISOString().slice(0, 10) ?? '',
    adminManaged: account.adminManaged ? 'on' : '',
  };
}

function showForm(
  call: PortalCall,
  { account, provenance, choices, values: was }: Known,
  rest: Pick<UserEditModel, 'values' | 'errors' | 'conflicts'>,
): void {
  if (rest.conflicts.length) call.res.status(409);
  if (rest.errors.length) call.res.status(422);
  const usersUrl = `${call.base}/users`;
  const userUrl = `${usersUrl}/${account.id}`;
  showPortal(call, 'portal/user-edit', {
    ...{ name: account.displayName ?? account.email, was, provenance, choices, ...rest },
    ...{ usersUrl, userUrl, action: `${userUrl}/edit` },
  });
}
