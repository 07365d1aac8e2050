import type { Config } from '../config';
import { readInstallation } from '../demo/installation';

/** What becomes of the mail that a command has just written into the outbox. */
export async function mailNotes({ smtpUrl, baseUrl, dataDir }: Config): Promise<readonly string[]> {
  if (smtpUrl) return ['The mail is in the outbox; the running service delivers it.'];
  const demo = await readInstallation(dataDir).catch(() => undefined);
  if (demo) return [`The running demo shows the mail at ${baseUrl}/dev/mail.`];
  return ['The mail is in the outbox. SMTP_URL is not set: it waits there until a service runs that has it.'];
}
