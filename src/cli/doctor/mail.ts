import { v7 as uuid } from 'uuid';
import { root, type Config } from '../../config';
import { createLetterRenderer } from '../../mail/render';
import { senderAddress, senderHost } from '../../mail/sender';
import { createSmtpTransport } from '../../mail/smtp';
import { reasonOf } from '../../resources';
import { findings, type Finding } from './finding';
import type { Check, Subject } from './subject';

const NAME = 'Drawbridge';

/** Whether mail can leave: the server answers and lets us in; and in whose name. */
export const checkMail: Check<Subject> = async ({ config }) => {
  const say = findings('mail');
  if (!config.smtpUrl)
    return [say.warning('SMTP_URL is not set: mail waits in the outbox', 'Set SMTP_URL and MAIL_FROM.')];
  return [await serverFinding(config.smtpUrl, config), senderFinding(config)];
};

async function serverFinding(smtpUrl: string, { mailFrom, baseUrl }: Config): Promise<Finding> {
  const say = findings('mail');
  const transport = createSmtpTransport(smtpUrl, mailFrom, baseUrl);
  return transport
    .verify()
    .then(
      () => say.ok(`${placeOf(smtpUrl)} lets us in`),
      (error: unknown) =>
        say.problem(
          `The mail server at ${placeOf(smtpUrl)} cannot be used: ${reasonOf(error)}`,
          'See that SMTP_URL is right (smtp:// or smtps://, name and password, port) and the server runs. Mail waits meanwhile, a day at most.',
        ),
    )
    .finally(() => transport.close());
}

function senderFinding({ mailFrom, baseUrl }: Config): Finding {
  const say = findings('mail');
  const address = senderAddress(mailFrom, baseUrl);
  if (mailFrom) return say.ok(`from ${address}`);
  const isPublic = senderHost(mailFrom, baseUrl).includes('.');
  const told = `from ${address}, for MAIL_FROM is not set`;
  return isPublic
    ? say.ok(told)
    : say.warning(told, 'Set MAIL_FROM to an address that your mail server may send from; many refuse this one.');
}

/** Sends one letter, past the outbox. Says whether the server took it. */
export async function sendTestLetter({ smtpUrl, mailFrom, baseUrl }: Config, to: string): Promise<Finding> {
  const say = findings('test letter');
  if (!smtpUrl) return say.problem('SMTP_URL is not set: there is no server to send by', 'Set SMTP_URL and MAIL_FROM.');
  const transport = createSmtpTransport(smtpUrl, mailFrom, baseUrl);
  const rendered = createLetterRenderer(root, baseUrl)({ organization: { id: '', name: NAME } }, { kind: 'test' });
  const messageId = `<${uuid()}@${senderHost(mailFrom, baseUrl)}>`;
  try {
    await transport.send({ ...rendered, messageId, from: NAME, to, date: new Date() });
    return say.ok(`The server took it for ${to} (Message-ID ${messageId})`);
  } catch (error) {
    return say.problem(
      `The server did not take it for ${to}: ${reasonOf(error)}`,
      'What it answered says why; its log says more.',
    );
  } finally {
    transport.close();
  }
}

/** Without name and password. */
const placeOf = (smtpUrl: string): string => new URL(smtpUrl).host;
