import { accountChangeForm, newAccountForm, passwordForm } from '../../../management/account-forms';
import { accountExportForm, exportAccounts } from '../../../management/account-export';
import { accountFilter, accountOrder, listAccounts } from '../../../management/account-list';
import { EXPORT_TYPES } from '../../../management/export-file';
import { endAccountSessions, takeStep, type StatusAction } from '../../../management/account-status';
import { changeAccount, createAccount, readAccount } from '../../../management/accounts';
import { sendAccountLink, setAccountPassword } from '../../../management/credentials';
import { resetSecondFactor } from '../../../management/second-factor';
import { keysetAnswer, keysetPaging } from './paging';
import { route, type ApiRoute } from './route';
import { account } from './person-schemas';

const tag = 'Accounts';
const path = '/organizations/{org}/accounts';

const step = (action: Exclude<StatusAction, 'delete'>, summary: string): ApiRoute =>
  route({
    ...{ method: 'post', path: `${path}/{id}/${action}`, tag, scope: 'accounts:write', summary },
    answer: { status: 200, schema: account },
    refusals: ['invalid_state_change', ...(action === 'reactivate' ? (['licence_seats_exhausted'] as const) : [])],
    handle: ({ deps, caller, org, id }) => takeStep(deps, caller, org, id, action),
  });

export const accountRoutes: readonly ApiRoute[] = [
  route({
    ...{ method: 'get', path, tag, scope: 'accounts:read' },
    summary: 'List or search accounts',
    description: 'Filters count together. A cursor belongs to its order; the filters may change meanwhile.',
    query: keysetPaging.extend({ ...accountFilter.shape, ...accountOrder }),
    answer: keysetAnswer(account),
    handle: ({ deps, caller, org, query }) => listAccounts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'post', path, tag, scope: 'accounts:write' },
    summary: 'Create an account',
    description:
      'Active at once in an SSO organization or with a password, otherwise invited. The policy gives what is not named.',
    body: newAccountForm,
    answer: { status: 201, schema: account },
    refusals: [
      ...(['email_taken', 'username_taken', 'conflict', 'field_owned'] as const),
      ...(['licence_seats_exhausted', 'identity_not_permitted', 'weak_password'] as const),
    ],
    handle: ({ deps, caller, org, body }) => createAccount(deps, caller, org, body),
  }),
  route({
    ...{ method: 'get', path: `${path}/export`, tag, scope: 'accounts:read' },
    summary: 'Export the accounts that match',
    description: 'Formulas in CSV are escaped; a workbook takes at most 50,000 accounts. Each export is in the ledger.',
    query: accountExportForm,
    answer: { status: 200, files: EXPORT_TYPES },
    handle: ({ deps, caller, org, query }) => exportAccounts(deps, caller, org, query),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}`, tag, scope: 'accounts:read' },
    summary: 'Read an account',
    answer: { status: 200, schema: account },
    handle: ({ deps, caller, org, id }) => readAccount(deps, caller, org, id),
  }),
  route({
    ...{ method: 'patch', path: `${path}/{id}`, tag, scope: 'accounts:write' },
    summary: 'Change an account',
    description: 'Absent stays, null clears. A field that another source owns under the policy is refused, by name.',
    body: accountChangeForm,
    answer: { status: 200, schema: account },
    refusals: ['field_owned', 'email_taken', 'username_taken', 'conflict', 'licence_seats_exhausted'],
    handle: ({ deps, caller, org, id, body }) => changeAccount(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}`, tag, scope: 'accounts:write' },
    summary: 'Delete an account',
    description: 'Frees its e-mail address and username; the contact stays.',
    answer: { status: 204 },
    handle: ({ deps, caller, org, id }) => takeStep(deps, caller, org, id, 'delete'),
  }),
  step('suspend', 'Suspend an account; only an admin lifts that'),
  step('reactivate', 'Lift a suspension or a deactivation'),
  step('deactivate', 'Deactivate an account and free its seat'),
  route({
    ...{ method: 'post', path: `${path}/{id}/end-sessions`, tag, scope: 'accounts:write' },
    summary: 'End every session of an account',
    answer: { status: 200, schema: account },
    handle: ({ deps, caller, org, id }) => endAccountSessions(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/send-link`, tag, scope: 'accounts:write' },
    summary: 'Mail the link with which the person sets a password',
    description:
      'Counts 48 hours and once; the one before counts no more. An unconfirmed sign-up is sent its confirmation anew.',
    answer: { status: 200, schema: account },
    refusals: ['admin_managed', 'password_not_permitted', 'invalid_state_change'],
    handle: ({ deps, caller, org, id }) => sendAccountLink(deps, caller, org, id),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/set-password`, tag, scope: 'accounts:write' },
    summary: 'Set the password of an account',
    description:
      'Ends its sessions; who was only invited is active from then on. The person is told by mail, without the password.',
    body: passwordForm,
    answer: { status: 200, schema: account },
    refusals: ['weak_password', 'password_not_permitted'],
    handle: ({ deps, caller, org, id, body }) => setAccountPassword(deps, caller, org, id, body),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/reset-second-factor`, tag, scope: 'accounts:write' },
    summary: 'Remove the second factor of somebody who lost it',
    description:
      'Its recovery codes go with it, and every session ends. Where a second factor is needed, the next sign-in sets up another.',
    answer: { status: 200, schema: account },
    handle: ({ deps, caller, org, id }) => resetSecondFactor(deps, caller, org, id),
  }),
];
