import type { Logger } from 'pino';
import { exclusively } from '../storage/exclusive';
import {
  enqueueMail,
  findDueMail,
  giveUpMails,
  listStrandedMails,
  postponeMail,
  recordDelivery,
  recordFailure,
  type MailAnswer,
  type MailRef,
  type WaitingMail,
} from '../storage/mails';
import type { Database } from '../storage/rows';
import type { SecretBox } from '../storage/secret-box';
import { inTransaction } from '../storage/transaction';
import { openContent } from './content';
import { oneLine } from './one-line';
import { SmtpRefusal, type MailTransport } from './transport';

export interface DeliveryDeps {
  db: Database;
  box: SecretBox;
  /** Without one, mail waits. */
  transport?: MailTransport;
  now: () => Date;
  /** From 0 to 1: how much of the tenth by which retries are spread. */
  jitter: () => number;
  log: Logger;
}

const DAY_MS = 24 * 3_600_000;
const FIRST_DELAY = 5;
const LONGEST_DELAY = 300;
const LONGEST_ANSWER = 300;
const TOO_OLD: MailAnswer = { response: 'not delivered within 24 hours' };
const STRANDED_AT_ONCE = 1_000;

/**
 * Sends one mail, if it is due and nobody else is at it, and records what came of it: delivered, refused for good, or
 * tried again later. No transaction is open while it is sent, so a process killed in between sends it once more.
 * @param signal gives the sending up, with nothing recorded: the mail stays due
 */
export async function deliverMail(deps: DeliveryDeps, ref: MailRef, signal?: AbortSignal): Promise<void> {
  const { transport } = deps;
  if (!transport) return;
  await exclusively(deps.db, `mail ${ref.id}`, async () => {
    const mail = await findDueMail(deps.db.manager, ref, deps.now());
    if (!mail) return;
    const outcome = await attempt(deps, transport, mail, signal);
    if (!signal?.aborted || outcome.kind === 'delivered') await record(deps, mail, outcome);
  });
}

/** Gives mail that a killed process left behind its job again, and gives up what is older than 24 hours. */
export async function sweepOutbox({ db, transport, now, log }: DeliveryDeps): Promise<void> {
  const at = now();
  const gone = await inTransaction(db, (tx) => giveUpMails(tx, dayBefore(at), at, TOO_OLD.response));
  if (gone) log.warn({ mails: gone }, 'mail given up: not delivered within 24 hours');
  if (!transport) return;
  let stranded: readonly MailRef[];
  do {
    stranded = await inTransaction(db, async (tx) => {
      const found = await listStrandedMails(tx, at, STRANDED_AT_ONCE);
      for (const mail of found) await enqueueMail(tx, mail);
      return found;
    });
  } while (stranded.length === STRANDED_AT_ONCE);
}

type Outcome =
  { kind: 'delivered' } | { kind: 'failed'; answer: MailAnswer } | { kind: 'postponed'; answer: MailAnswer };

async function attempt(
  { box, now }: DeliveryDeps,
  transport: MailTransport,
  mail: WaitingMail,
  signal?: AbortSignal,
): Promise<Outcome> {
  if (mail.createdAt <= dayBefore(now())) return { kind: 'failed', answer: TOO_OLD };
  try {
    const content = openContent(box, mail.organizationId, mail.content);
    const { messageId, recipient, createdAt } = mail;
    await transport.send({ ...content, messageId, to: recipient, date: createdAt }, signal);
    return { kind: 'delivered' };
  } catch (error) {
    const isForGood = error instanceof SmtpRefusal && error.permanent;
    return { kind: isForGood ? 'failed' : 'postponed', answer: answerOf(error) };
  }
}

function answerOf(error: unknown): MailAnswer {
  const response = oneLine(error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ANSWER);
  return { response, status: error instanceof SmtpRefusal ? error.status : undefined };
}

/** Log lines carry ids: what servers answer names addresses (security 28). */
async function record(deps: DeliveryDeps, mail: WaitingMail, outcome: Outcome): Promise<void> {
  const { db, now, log } = deps;
  const told = { mail: mail.id, organization: mail.organizationId, attempts: mail.attempts + 1 };
  switch (outcome.kind) {
    case 'delivered':
      await inTransaction(db, (tx) => recordDelivery(tx, mail, now()));
      return log.info(told, 'mail delivered');
    case 'failed':
      await inTransaction(db, (tx) => recordFailure(tx, mail, now(), outcome.answer));
      return log.warn({ ...told, status: outcome.answer.status }, 'mail refused for good');
    case 'postponed': {
      const delay = retryDelay(mail.attempts + 1, deps.jitter());
      await inTransaction(db, (tx) => postponeMail(tx, mail, now(), delay, outcome.answer));
      return log.warn({ ...told, status: outcome.answer.status, delay }, 'mail not delivered yet');
    }
  }
}

/** Seconds: 5, 10, 20 … 300, spread by up to a tenth downwards. */
const retryDelay = (attempts: number, jitter: number): number =>
  Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempts - 1)) * (1 - jitter / 10);

const dayBefore = (now: Date): Date => new Date(now.getTime() - DAY_MS);
