// oidc-provider announces that Node 20 is not its LTS, that its in-memory adapter is not for production and that it lets
// requests reach loopback addresses, once per module registry and so once per test file. None tells a test run anything.
const EXPECTED =
  /oidc-provider WARNING: (Unsupported runtime|a quick start development-only in-memory adapter|failed to setup SSRF protection)/;

const warn = console.warn.bind(console);
console.warn = (...parts: unknown[]) => {
  if (!EXPECTED.test(String(parts[0]))) warn(...parts);
};
