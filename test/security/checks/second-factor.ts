import type { CheckOut } from '../check-out';

const tests = ['test/flows/second-factor.test.ts'];

/** The second factor beside a password: requirements 10, 12 and 20 where they meet it. */
export const SECOND_FACTOR_CHECKS: readonly CheckOut[] = [
  {
    requirement: 10,
    check: 'second factor: what waits for a code is over in time',
    file: 'src/storage/pending-sign-ins.ts',
    take: ' AND p.expires_at > $3',
    leave: ' AND $3::timestamptz IS NOT NULL',
    tests,
  },
  {
    requirement: 10,
    check: 'second factor: what ends every session voids what waits for a code',
    file: 'src/storage/pending-sign-ins.ts',
    take: ' AND a.session_epoch = p.epoch',
    tests,
  },
  {
    requirement: 12,
    check: 'second factor: no session begins before it is shown',
    file: 'src/sign-in/admit-locally.ts',
    take: '  if (step && !refusal) return askSecondStep(tx, request, account, step, now);\n',
    tests,
  },
  {
    requirement: 12,
    check: 'second factor: a password is none where a connection is required by then',
    file: 'src/sign-in/local-entry.ts',
    take: 'takesPassword(sso, account) ? ',
    leave: 'takesPassword(sso, account) || sso ? ',
    tests,
  },
  {
    requirement: 12,
    check: 'second factor: a session that a password alone began is none where more is needed',
    file: 'src/web/passport.ts',
    take: ' || !isStrongEnough(session, organization, policy)',
    tests,
  },
  {
    requirement: 20,
    check: 'second factor: a code counts in its own time',
    file: 'src/sign-in/second-factor/totp.ts',
    take: '    epochTolerance: PERIOD_SECONDS,\n',
    leave: '    epochTolerance: 3 * PERIOD_SECONDS,\n',
    tests,
  },
  {
    requirement: 20,
    check: 'second factor: a code counts once',
    file: 'src/storage/second-factors.ts',
    take: ' AND last_step < $4 RETURNING 1',
    leave: ' RETURNING 1',
    tests,
  },
  {
    requirement: 20,
    check: 'second factor: a recovery code counts once',
    file: 'src/storage/second-factors.ts',
    take: ' AND code_hash = $3 AND used_at IS NULL RETURNING 1',
    leave: ' AND code_hash = $3 RETURNING 1',
    tests,
  },
  {
    requirement: 20,
    check: 'second factor: wrong codes count',
    file: 'src/sign-in/second-factor/complete.ts',
    take: "right: outcome.kind === 'signed_in'",
    leave: 'right: true',
    tests,
  },
];
