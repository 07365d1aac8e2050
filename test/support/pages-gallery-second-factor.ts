import { totpUri } from '../../src/sign-in/second-factor/totp';
import type { PageModels } from '../../src/web/pages';
import { qrCodeOf } from '../../src/web/qr-code';
import { inInitech, inLong, sample, type Sample } from './pages-sample';

/** Sample models of the pages for the second factor. */

const peter = 'peter.gibbons@initech.example';
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const codes = Array.from({ length: 10 }, (_, index) => `7F3K-92QD-0ZX${index}-HMNP`);
const own = '/initech/account/second-factor';

const step: PageModels['second-step'] = {
  action: '/initech/login/second-factor',
  hidden: { return_to: '/initech/account' },
  by: 'app',
  otherUrl: '/initech/login/second-factor?by=recovery_code',
  startOverUrl: '/initech?choose=1',
  errors: [],
};
const enrolment: PageModels['enrol-second-factor'] = {
  action: step.action,
  hidden: step.hidden,
  qrCode: qrCodeOf(totpUri(secret, { issuer: 'Initech', account: peter })),
  secret,
  account: peter,
  reason: 'required',
  errors: [],
};
const owned = { action: own, hidden: { _csrf: 'sample' }, username: 'peter.gibbons', cancelUrl: '/initech/account' };
const change = { csrf: { _csrf: 'sample' }, errors: [], accountUrl: '/initech/account' };

export const secondFactorPages: readonly Sample[] = [
  sample('second-step', 'second-step', step, inInitech),
  sample('second-step-wrong', 'second-step', { ...step, errors: [{ field: 'code', code: 'invalid_code' }] }, inInitech),
  sample('second-step-recovery', 'second-step', { ...step, by: 'recovery_code', otherUrl: step.action }, inLong),
  sample('enrol-required', 'enrol-second-factor', enrolment, inInitech),
  sample('enrol-long', 'enrol-second-factor', { ...enrolment, account: `peter.michael.${peter}` }, inLong),
  sample(
    'enrol-wanted',
    'enrol-second-factor',
    { ...enrolment, ...owned, reason: 'wanted', proof: 'password' },
    inInitech,
  ),
  sample(
    'enrol-replaced-errors',
    'enrol-second-factor',
    {
      ...{ ...enrolment, ...owned, reason: 'replaced', proof: 'code' },
      errors: [
        { field: 'code', code: 'required' },
        { field: 'proof', code: 'rate_limited' },
      ],
    },
    inInitech,
  ),
  sample('recovery-codes', 'recovery-codes', { codes, reason: 'enrolled', nextUrl: '/initech/account' }, inInitech),
  sample('recovery-codes-renewed', 'recovery-codes', { codes, reason: 'renewed', nextUrl: '/initech/account' }, inLong),
  sample(
    'renew-recovery-codes',
    'change-second-factor',
    { what: 'renew', action: `${own}/recovery-codes`, ...change },
    inInitech,
  ),
  sample(
    'remove-second-factor',
    'change-second-factor',
    { what: 'remove', action: `${own}/remove`, ...change, errors: [{ field: 'proof', code: 'invalid_code' }] },
    inInitech,
  ),
];
