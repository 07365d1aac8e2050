import { isUsernameFormat } from '../../../domain/username';
import { directoryOf } from '../../../management/directory';
import { parseForm } from '../../../management/form';
import { changePolicy, policyForm, readPolicy } from '../../../management/policy';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { changeOfOwners, ownedFields, owningKinds, typedOwners, type OwnedField } from './field-owners';
import {
  accessOf,
  changeOfAccess,
  changeOfDefaults,
  defaultsOf,
  previewOf,
  typedAccess,
  typedDefaults,
  type AccessValues,
  type DefaultsValues,
} from './policy-form';
import { SETTINGS } from './settings-tabs';

const DEFAULTS = `${SETTINGS}/defaults`;
const FIELDS = `${SETTINGS}/fields`;
const MOST = 1_000;

/** The policy, in sections that are saved by themselves. */
export const settingsRoutes: readonly PortalRoute[] = [
  page(SETTINGS, 'policy:read', async (call) => showAccess(call, accessOf(await policyOf(call)), [])),
  action(SETTINGS, 'policy:write', saveAccess),
  page(DEFAULTS, 'policy:read', async (call) => showDefaults(call, defaultsOf(await policyOf(call)), [])),
  action(DEFAULTS, 'policy:write', saveDefaults),
  page(FIELDS, 'policy:read', async (call) => showOwners(call, ownedFields(await policyOf(call)), [])),
  action(FIELDS, 'policy:write', saveOwners),
];

const policyOf = ({ deps, caller, org }: PortalCall) => readPolicy(deps, caller, org);

/** Saves one section; the others stay as they are by then. Yields what is wrong with its fields. */
async function save(call: PortalCall, path: string, change: object): Promise<readonly FieldError[]> {
  const { deps, caller, org } = call;
  const { errors } = await attempt(() => changePolicy(deps, caller, org, parseForm(policyForm, change)));
  if (!errors) goOn(call, path, 'settings.notice.saved');
  return errors ?? [];
}

async function saveAccess(call: PortalCall): Promise<void> {
  const values = typedAccess(call.form);
  const errors = await save(call, SETTINGS, changeOfAccess(values));
  if (errors.length) showAccess(call, values, errors);
}

function showAccess(call: PortalCall, values: AccessValues, errors: readonly FieldError[]): void {
  showPortal(call, 'portal/settings', { ...sectionFor(call, errors), values });
}

/** Saves, or only shows what usernames would look like. */
async function saveDefaults(call: PortalCall): Promise<void> {
  const values = typedDefaults(call.form);
  if (call.form.text('do') === 'preview') return showDefaults(call, values, []);
  const errors = await save(call, DEFAULTS, changeOfDefaults(values));
  if (errors.length) await showDefaults(call, values, errors);
}

async function showDefaults(call: PortalCall, values: DefaultsValues, errors: readonly FieldError[]): Promise<void> {
  const { deps, caller, org } = call;
  const names = async (kind: 'permission_profiles' | 'licences'): Promise<readonly string[]> =>
    (await directoryOf(kind).list(deps, caller, org, { limit: MOST })).items.map(({ name }) => name);
  const format = values.usernameFormat;
  showPortal(call, 'portal/settings-defaults', {
    ...{ ...sectionFor(call, errors), values },
    profiles: await names('permission_profiles'),
    licences: await names('licences'),
    preview: isUsernameFormat(format) ? previewOf(format) : [],
  });
}

async function saveOwners(call: PortalCall): Promise<void> {
  const policy = await policyOf(call);
  const owned = typedOwners(call.form, policy);
  const errors = await save(call, FIELDS, changeOfOwners(owned, policy));
  if (errors.length) await showOwners(call, owned, errors);
}

async function showOwners(
  call: PortalCall,
  owned: readonly OwnedField[],
  errors: readonly FieldError[],
): Promise<void> {
  const kinds = owningKinds(await policyOf(call));
  showPortal(call, 'portal/settings-fields', { ...sectionFor(call, errors), owned, kinds });
}

function sectionFor({ base, caller, res }: PortalCall, errors: readonly FieldError[]) {
  if (errors.length) res.status(422);
  return { base, errors, mayChange: includesScope(caller.scopes, 'policy:write') };
}
