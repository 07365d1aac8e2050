import type { PasswordAdvice } from '../../src/connections/password/strength';
import { LINK_PURPOSES } from '../../src/domain/email-link';
import { contacts, inInitech, inLong, sample, type Sample } from './pages-sample';

/** Sample models of the pages for passwords, sign-up and e-mail links. */

export const password = {
  action: '/initech/login',
  hidden: { return_to: '/initech/account' },
  forgotUrl: '/initech/forgot',
};
export const signupUrl = '/initech/signup';
const forgotUrl = '/initech/forgot';
const peter = 'peter.gibbons@initech.example';
const inboxUrl = '/dev/mail';
const weak = {
  errors: [{ field: 'password', code: 'weak_password' }],
  advice: ['similarToCommon', 'anotherWord', 'useWords'] as readonly PasswordAdvice[],
};
const clean = { errors: [], advice: [] };
const link = '/initech/link/q1w2e3';
const ownUrls = { csrf: { _csrf: 'sample' }, accountUrl: '/initech/account' };

export const passwordPages: readonly Sample[] = [
  sample('signup', 'signup', { action: signupUrl, values: {}, errors: [], domains: ['initech.example'] }, inInitech),
  sample(
    'signup-errors',
    'signup',
    {
      action: signupUrl,
      values: { familyName: 'Gibbons\u202e', email: 'peter@<private>.example' },
      errors: [
        { field: 'givenName', code: 'required' },
        { field: 'familyName', code: 'control_characters' },
        { field: 'email', code: 'email_domain_not_allowed' },
      ],
      domains: ['initech.example', 'initech-deutschland.example', 'chotchkies.example'],
    },
    inInitech,
  ),
  sample('signup-long', 'signup', { action: signupUrl, values: {}, errors: [], domains: [] }, inLong),
  ...(['signup', 'forgot', 'confirm_email', 'link_again'] as const).map((reason) =>
    sample(
      `check-email-${reason}`,
      'check-email',
      {
        reason,
        ...(reason !== 'link_again' && { email: peter }),
        ...(reason === 'signup' && { inboxUrl }),
        ...(reason === 'confirm_email' && { accountUrl: '/initech/account' }),
      },
      inInitech,
    ),
  ),
  sample('forgot', 'forgot', { action: forgotUrl }, inInitech),
  sample('forgot-invalid', 'forgot', { action: forgotUrl, email: 'peter', error: 'invalid_email' }, inInitech),
  ...LINK_PURPOSES.map((purpose) =>
    sample(
      `link-${purpose}`,
      'link',
      { purpose, action: link, ...(purpose !== 'first_owner' && { email: peter }) },
      purpose === 'set_password' ? inLong : inInitech,
    ),
  ),
  ...(['confirm_signup', 'set_password', 'reset_password'] as const).map((purpose) =>
    sample(`choose-${purpose}`, 'choose-password', { purpose, action: link, email: peter, ...clean }, inInitech),
  ),
  sample('choose-first_owner', 'choose-password', { purpose: 'first_owner', action: link, ...clean }, inInitech),
  sample(
    'choose-weak',
    'choose-password',
    { purpose: 'confirm_signup', action: link, email: peter, ...weak },
    inInitech,
  ),
  sample(
    'choose-first_owner-errors',
    'choose-password',
    {
      purpose: 'first_owner',
      action: link,
      name: '',
      email: 'owner',
      errors: [
        { field: 'name', code: 'required' },
        { field: 'email', code: 'invalid_email' },
        { field: 'password', code: 'too_short' },
      ],
      advice: [],
    },
    inInitech,
  ),
  sample(
    'link-over-expired',
    'link-over',
    { why: 'expired', purpose: 'confirm_signup', againAction: `${link}/again`, signupUrl },
    inInitech,
  ),
  sample('link-over-used', 'link-over', { why: 'used', purpose: 'reset_password', forgotUrl, contacts }, inInitech),
  sample(
    'link-over-replaced',
    'link-over',
    { why: 'replaced', purpose: 'set_password', againAction: `${link}/again` },
    inLong,
  ),
  sample('link-over-revoked', 'link-over', { why: 'revoked', purpose: 'set_password', forgotUrl, contacts }, inInitech),
  sample('link-over-unknown', 'link-over', { why: 'unknown', signupUrl, forgotUrl, contacts }, inInitech),
  sample('link-over-elsewhere', 'link-over', { why: 'elsewhere', contacts }, inInitech),
  sample('link-over-email', 'link-over', { why: 'expired', purpose: 'confirm_email', forgotUrl, signupUrl }, inInitech),
  sample('link-over-owner', 'link-over', { why: 'expired', purpose: 'first_owner', forgotUrl }, inInitech),
  sample(
    'change-password',
    'change-password',
    { action: '/initech/account/password', username: 'peter.gibbons', ...ownUrls, ...clean },
    inInitech,
  ),
  sample(
    'change-password-errors',
    'change-password',
    {
      action: '/initech/account/password',
      username: 'peter.gibbons',
      ...ownUrls,
      errors: [{ field: 'current', code: 'invalid_credentials' }, ...weak.errors],
      advice: weak.advice,
    },
    inInitech,
  ),
  sample(
    'change-email',
    'change-email',
    { action: '/initech/account/email', asksPassword: true, current: peter, errors: [], ...ownUrls },
    inInitech,
  ),
  sample(
    'change-email-owned',
    'change-email',
    {
      action: '/initech/account/email',
      asksPassword: false,
      current: peter,
      value: 'peter@elsewhere.example',
      errors: [{ field: 'email', code: 'field_owned' }],
      ...ownUrls,
    },
    inInitech,
  ),
];
