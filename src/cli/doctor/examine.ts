import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config';
import { listOrganizations } from '../../storage/organizations';
import { listDomains } from '../../storage/domains';
import { createOutbound } from '../../outbound/outbound';
import { openBareDatabase, reasonOf } from '../../resources';
import type { Organization } from '../../domain/organization';
import { commandLog } from '../open';
import { checkConnections } from './connections';
import { checkClock, checkMigrations, checkServer } from './database';
import { findings, type Finding } from './finding';
import { checkKeys } from './keys';
import { checkMail } from './mail';
import { checkSigningKeys } from './signing-keys';
import type { Check, DatabaseSubject, OpenSubject, Subject } from './subject';
import { checkAddress, checkSessions } from './surroundings';

type Report = (finding: Finding) => void;

const PAGE = 200;

/** Looks at everything, one check after another; a check that breaks is itself a finding. */
export async function examine(config: Config, report: Report): Promise<void> {
  const subject: Subject = {
    config,
    outbound: createOutbound({ allow: config.outboundAllow }),
    now: () => new Date(),
  };
  report(findings('configuration').ok('every variable can be read'));
  await examineDatabase(subject, report);
  await run('sessions', checkSessions, subject, report);
  await run('base URL', checkAddress, subject, report);
  await run('mail', checkMail, subject, report);
}

async function examineDatabase(subject: Subject, report: Report): Promise<void> {
  const { config } = subject;
  const say = findings('database');
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'postgres')))
    return report(say.info(`There is none yet in ${config.dataDir}`, 'The first start of the service makes it.'));
  const role = { owner: 'command drawbridge doctor', exclusive: false };
  const opened = await openBareDatabase(config, role, commandLog(config)).catch((error: unknown) => {
    report(say.problem(reasonOf(error), 'Nothing works without it; start it, or mend DATABASE_URL.'));
  });
  if (!opened) return;
  try {
    await examineOpened({ ...subject, db: opened.db }, report);
  } finally {
    await opened.close();
  }
}

async function examineOpened(subject: DatabaseSubject, report: Report): Promise<void> {
  await run('database', checkServer, subject, report);
  const migrations = await run('migrations', checkMigrations, subject, report);
  await run('clock', checkClock, subject, report);
  if (migrations.some(({ level }) => level !== 'ok')) return;
  let opened: OpenSubject | undefined;
  const keys: Check<DatabaseSubject> = async () => {
    const { findings: found, box } = await checkKeys(subject.config, subject.db);
    opened = box && { ...subject, box };
    return found;
  };
  await run('keys', keys, subject, report);
  if (!opened) return;
  await run('signing keys', checkSigningKeys, opened, report);
  await examineOrganizations(opened, report);
}

async function examineOrganizations(subject: OpenSubject, report: Report): Promise<void> {
  let after: string | undefined;
  do {
    const page: Organization[] = await listOrganizations(subject.db.manager, PAGE, after);
    for (const organization of page) {
      await run(organization.slug, () => checkConnections(subject, organization), subject, report);
      await run(organization.slug, () => checkDomains(subject, organization), subject, report);
    }
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after);
}

async function checkDomains({ db }: DatabaseSubject, { id, slug }: Organization): Promise<readonly Finding[]> {
  const waiting = (await listDomains(db.manager, id)).filter(({ verifiedAt }) => !verifiedAt);
  return waiting.map(({ domain }) =>
    findings(`${slug}: ${domain}`).info('This domain is not verified', 'Set its DNS TXT record, or vouch for it.'),
  );
}

async function run<S>(name: string, check: Check<S>, subject: S, report: Report): Promise<readonly Finding[]> {
  const found = await check(subject).catch((error: unknown) => [
    findings(name).problem(`The check itself failed: ${reasonOf(error)}`),
  ]);
  found.forEach(report);
  return found;
}
