import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs the Debian packages that are missing, when this is Debian and we may. Prints only when it works for a
 * while or fails; a failure is not the end, the tests that need a part say so themselves.
 */
export function installPackages(wanted) {
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0 || !has('apt-get')) return;
  if (process.getuid() !== 0) return console.log(`Not installed, and we are not root: ${missing.join(' ')}`);
  console.log(`Installing ${missing.join(' ')} …`);
  withoutStartingServices(() => {
    const updated = aptGet('update');
    const installed = aptGet('install', '-y', '--no-install-recommends', ...missing);
    if (installed.status !== 0) console.log(`${updated.output}${installed.output}Could not install them.`);
  });
}

const has = (program) => spawnSync(program, ['--version']).error === undefined;

function isInstalled(name) {
  const answer = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return answer.stdout === 'install ok installed';
}

function aptGet(...args) {
  const options = [
    '-o',
    'DPkg::Lock::Timeout=300',
    '-o',
    'Acquire::Retries=1',
    '-o',
    'Acquire::http::Timeout=30',
    '-q',
  ];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', [...options, ...args], { encoding: 'utf8', env });
  return { status, output: `${stdout}${stderr}` };
}

/** The packages bring servers along, which Debian starts on their usual ports unless this file says no. */
function withoutStartingServices(install) {
  if (existsSync(POLICY)) return install();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(POLICY);
  }
}
