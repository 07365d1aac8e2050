import { createTransport, type NodemailerError } from 'nodemailer';
import { oneLine } from './one-line';
import { senderAddress } from './sender';
import { troubleInWords } from './smtp-trouble';
import { SmtpRefusal, type MailTransport, type OutgoingMail } from './transport';

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** What the server thinks of this mail, not of us: RFC 5321 4.3.2. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];
/** RFC 4954 6: it wants to know first who we are. */
const WANTS_AUTHENTICATION = [530, 534, 535, 538];

/**
 * Mail over SMTP, one connection for each: a connection kept open would fail the mail that finds it closed.
 * @param smtpUrl `smtp://` (STARTTLS where it is offered) or `smtps://`, with name and password where needed
 */
export function createSmtpTransport(smtpUrl: string, mailFrom: string | undefined, baseUrl: string): MailTransport {
  // A mail never names a file or an address to fetch.
  const options = { url: smtpUrl, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true };
  const smtp = createTransport(options);
  const from = senderAddress(mailFrom, baseUrl);
  return {
    async send(mail, signal) {
      try {
        await smtp.sendMail({ ...message(mail, from), ...(signal && { signal }) });
      } catch (error) {
        throw refusalOf(error as NodemailerError) ?? error;
      }
    },
    async verify() {
      await smtp.verify().catch((error: NodemailerError) => {
        throw new Error(troubleInWords(error), { cause: error });
      });
    },
    close: () => smtp.close(),
  };
}

/** Addresses as objects: nodemailer reads lists out of text. */
const message = (mail: OutgoingMail, from: string) => ({
  messageId: mail.messageId,
  date: mail.date,
  from: { name: oneLine(mail.from), address: from },
  to: { name: oneLine(mail.toName ?? ''), address: mail.to },
  subject: oneLine(mail.subject),
  text: mail.text,
  html: mail.html,
  headers: {
    'Content-Language': mail.language,
    // RFC 3834 5, and what Exchange understands instead: nobody's out-of-office is answered.
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  },
});

function refusalOf(error: NodemailerError): SmtpRefusal | undefined {
  const { command = '', code, responseCode, response, message } = error;
  // Not an address at all: no server was asked.
  if (code === 'EENVELOPE' && command === 'API') return new SmtpRefusal(true, undefined, oneLine(message));
  if (responseCode === undefined || response === undefined) return undefined;
  const isForGood =
    error.permanent === true && ABOUT_THE_MAIL.includes(command) && !WANTS_AUTHENTICATION.includes(responseCode);
  return new SmtpRefusal(isForGood, responseCode, oneLine(response));
}
