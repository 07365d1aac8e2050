import { isDeepStrictEqual } from 'node:util';
import { findApplicationByClientId, hasSecret } from '../storage/applications';
import type { ApplicationInFile } from './apply-form';
import { newApplicationForm, type ApplicationChangeForm } from './application-forms';
import { addGivenSecret, changeApplication, createApplication, readApplication, type Extra } from './applications';
import type { Outcome } from './apply-parts';
import type { Caller, ManagementDeps } from './deps';
import { parseForm } from './form';

/** Brings about one application of a file, recognised by its client id. What the file leaves out stays. */
export async function applyApplication(
  deps: ManagementDeps,
  caller: Caller,
  wanted: ApplicationInFile,
  extra?: Extra,
): Promise<Outcome> {
  const tx = deps.db.manager;
  const found = await findApplicationByClientId(tx, wanted.clientId);
  if (!found) {
    await createApplication(deps, caller, parseForm(newApplicationForm, wanted), extra);
    return 'created';
  }
  const { clientId: _key, clientSecret, ...form } = wanted;
  const change = differing(form, await readApplication(deps, caller, found.id));
  if (change) await changeApplication(deps, caller, found.id, change);
  const isNewSecret = clientSecret !== undefined && !(await hasSecret(tx, found.id, clientSecret, deps.now()));
  if (isNewSecret) await addGivenSecret(deps, caller, found.id, clientSecret);
  return change || isNewSecret ? 'changed' : 'unchanged';
}

/** What of the form is otherwise now; undefined: nothing. */
function differing(form: ApplicationChangeForm, found: object): ApplicationChangeForm | undefined {
  const present = found as Readonly<Record<string, unknown>>;
  const changed = Object.entries(form).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(inOrder(name, value), inOrder(name, present[name])),
  );
  return changed.length ? Object.fromEntries(changed) : undefined;
}

function inOrder(name: string, value: unknown): unknown {
  if (name === 'access' && typeof value === 'object') return { groups: [], licences: [], ...value };
  return name === 'organizations' && Array.isArray(value) ? [...(value as string[])].sort() : value;
}
