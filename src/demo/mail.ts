import type { Config } from '../config';
import { createSmtpTransport } from '../mail/smtp';
import type { MailTransport } from '../mail/transport';
import { openDevMail, type DevMail } from './dev-mail';

export interface DemoMail {
  transport: MailTransport;
  /** Where mail is shown, when it does not leave. */
  pages?: DevMail['pages'];
  close(): Promise<void>;
}

/** SMTP where SMTP_URL is set, otherwise the demo's own inbox. */
export async function openDemoMail({ smtpUrl, mailFrom, baseUrl, dataDir }: Config): Promise<DemoMail> {
  const opened = smtpUrl ? { transport: createSmtpTransport(smtpUrl, mailFrom, baseUrl) } : await openDevMail(dataDir);
  return { ...opened, close: async () => opened.transport.close() };
}
