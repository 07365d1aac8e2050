import { newAccountForm, type NewAccountForm } from '../../../management/account-forms';
import { createAccount } from '../../../management/accounts';
import { parseForm } from '../../../management/form';
import { foreseeUsername, signsInBySso } from '../../../management/new-account';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { givenValue, PERSON_FIELDS, type PersonValues } from './person-fields';
import { choicesOf, typedPerson } from './person-typed';

/** One person by hand: who it is, then by what they sign in. Nothing is made before the last step. */
export const newUserRoutes: readonly PortalRoute[] = [
  page('/users/new', 'accounts:write', (call) => showForm(call, {}, [])),
  action('/users/new', 'accounts:write', goFurther),
  action('/users/new/complete', 'accounts:write', complete),
];

async function goFurther(call: PortalCall): Promise<void> {
  const { deps, caller, org } = call;
  const values = typedPerson(call);
  const isComplete = await signsInBySso(deps, caller, org);
  const result = await attempt(async () => {
    const form = formOf(values);
    return isComplete ? createAccount(deps, caller, org, form) : foreseeUsername(deps, caller, org, form);
  });
  if (result.errors) return showForm(call, values, result.errors);
  if (typeof result.done !== 'string') return goOn(call, `/users/${result.done.id}`, 'users.notice.created');
  showCredential(call, values, { username: result.done, way: 'link', errors: [] });
}

async function complete(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const values = typedPerson(call);
  if (form.text('back')) return showForm(call, values, []);
  const way = form.text('way') === 'password' ? 'password' : 'link';
  const credential = way === 'password' ? { password: form.text('password') } : { sendLink: true };
  const result = await attempt(async () => createAccount(deps, caller, org, { ...formOf(values), ...credential }));
  if (!result.errors) return goOn(call, `/users/${result.done.id}`, `users.notice.created_${way}`);
  const isHere = result.errors.every(({ field }) => ['username', 'password'].includes(field));
  if (!isHere) return showForm(call, values, result.errors);
  showCredential(call, values, { username: values.username ?? '', way, errors: result.errors });
}

/** @throws AppError invalid_form */
const formOf = (values: PersonValues): NewAccountForm =>
  parseForm(
    newAccountForm,
    Object.fromEntries(
      PERSON_FIELDS.map((field) => [field, givenValue(field, values[field] ?? '')] as const).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  );

async function showForm(call: PortalCall, values: PersonValues, errors: readonly FieldError[]): Promise<void> {
  const { deps, caller, org, base, res } = call;
  if (errors.length) res.status(422);
  showPortal(call, 'portal/user-new', {
    ...{ values, errors, choices: await choicesOf(call) },
    isComplete: await signsInBySso(deps, caller, org),
    action: `${base}/users/new`,
    usersUrl: `${base}/users`,
  });
}

function showCredential(
  call: PortalCall,
  values: PersonValues,
  rest: { username: string; way: 'link' | 'password'; errors: readonly FieldError[] },
): void {
  if (rest.errors.length) call.res.status(422);
  const [action, usersUrl] = [`${call.base}/users/new/complete`, `${call.base}/users`];
  showPortal(call, 'portal/user-new-credential', { values, action, usersUrl, ...rest });
}
