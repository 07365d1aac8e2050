import type { CheckOut } from '../check-out';

const SESSIONS = ['test/flows/sessions.test.ts'];
const OIDC_REFUSALS = ['test/conformance/oidc-refusals.test.ts'];
const OUTBOUND = ['test/flows/outbound.test.ts'];

/** Everywhere: requirements 22 to 28. */
export const OTHER_CHECKS: readonly CheckOut[] = [
  {
    requirement: 22,
    check: 'private ranges are refused',
    file: 'src/outbound/destination.ts',
    take: "  if (!addresses.every((one) => isAllowed(one) || isPublicAddress(one.address))) return failure('address_refused');\n",
    tests: OUTBOUND,
  },
  {
    requirement: 22,
    check: 'the address that was checked is the one connected to',
    file: 'src/outbound/exchange.ts',
    take: ', lookup: pinnedTo(addresses) }',
    leave: ' }',
    tests: OUTBOUND,
  },
  {
    requirement: 22,
    check: 'answers are bounded',
    file: 'src/outbound/exchange.ts',
    take: '    if (size > maxBytes) return undefined;\n',
    tests: OUTBOUND,
  },
  {
    requirement: 22,
    check: 'all calls of a step share a deadline',
    file: 'src/connections/oidc/provider-fetch.ts',
    take: 'signal: signal ? AbortSignal.any([deadline, signal]) : deadline,',
    leave: 'signal,',
    tests: OIDC_REFUSALS,
  },
  {
    requirement: 23,
    check: 'forms of other sites are refused',
    file: 'src/web/csrf.ts',
    take: "!harmless && provenance(req, baseUrl) === 'foreign'",
    leave: 'false',
    tests: SESSIONS,
  },
  {
    requirement: 23,
    check: 'forms need the token of the session',
    file: 'src/web/csrf.ts',
    take: "error ? new AppError('forbidden', { cause: error }) : undefined",
    leave: 'void error',
    tests: SESSIONS,
  },
  {
    requirement: 23,
    check: 'an ended session stays ended',
    file: 'src/storage/sessions.ts',
    take: 's.ended_at IS NULL AND s.epoch = a.session_epoch AND ',
    tests: SESSIONS,
  },
  {
    requirement: 23,
    check: 'no application is entered in a session that is just ending',
    file: 'src/storage/application-sessions.ts',
    take: ' AND s.ended_at IS NULL FOR SHARE OF s',
    tests: ['test/flows/bridge-leaving.test.ts'],
  },
  {
    requirement: 23,
    check: 'tokens are void with the session behind them',
    file: 'src/storage/live-grants.ts',
    take: 'x.revoked_at IS NULL AND ${LIVE} AND',
    leave: 'x.revoked_at IS NULL AND',
    tests: ['test/flows/bridge-tokens.test.ts', 'test/flows/bridge.test.ts'],
  },
  {
    requirement: 23,
    check: 'applications are told of whoever leaves',
    file: 'src/storage/sessions.ts',
    take: '  await queueLogoutNotices(tx, organizationId, ids, now);\n',
    tests: ['test/flows/bridge-sign-out.test.ts'],
  },
  {
    requirement: 24,
    check: 'a code or token is kept as its hash',
    file: 'src/storage/oidc-payloads.ts',
    take: "createHash('sha256').update(id).digest()",
    leave: 'Buffer.from(id)',
    tests: ['test/flows/bridge-tokens.test.ts'],
  },
  {
    requirement: 24,
    check: 'a secret is bound to its place',
    file: 'src/storage/secret-box.ts',
    take: "createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(placeText(place))",
    leave:
      "createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(placeText({ ...place, organizationId: null }))",
    tests: ['test/flows/islands.test.ts'],
  },
  {
    requirement: 26,
    check: 'another organization is not there',
    file: 'src/management/island.ts',
    take: 'caller.organizationId === null || caller.organizationId === id',
    leave: 'true',
    tests: ['test/flows/islands.test.ts'],
  },
  {
    requirement: 26,
    check: 'each route needs its scope',
    file: 'src/management/scopes.ts',
    take: '!includesScope(caller.scopes, scope)',
    leave: 'false',
    tests: ['test/flows/api-http.test.ts'],
  },
  {
    requirement: 27,
    check: 'the ledger is append-only',
    file: 'migrations/20261122030000-CreateFoundation.ts',
    take: "        RAISE EXCEPTION 'the ledger is append-only';\n",
    leave: '        RETURN coalesce(NEW, OLD);\n',
    tests: ['test/flows/jobs.test.ts'],
  },
  {
    requirement: 28,
    check: 'the log has paths without queries and tokens',
    file: 'src/app.ts',
    take: 'path: pathOf(req.url),',
    leave: 'path: req.url,',
    tests: ['test/flows/links.test.ts', 'test/flows/sign-in-trace.test.ts'],
  },
];
