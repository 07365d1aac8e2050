import type { EmailLinkId, OrganizationId } from '../domain/ids';
import { addJob } from './job-queue';
import { row, rows, type Transaction } from './rows';

/** Which mail; all that a job's payload says. */
export interface MailRef {
  organizationId: OrganizationId;
  id: string;
}

export interface NewMail extends MailRef {
  kind: string;
  linkId?: EmailLinkId;
  recipient: string;
  messageId: string;
  /** Sealed. */
  content: string;
}

/** A mail that is neither delivered nor given up. */
export interface WaitingMail extends MailRef {
  recipient: string;
  messageId: string;
  /** Sealed. */
  content: string;
  createdAt: Date;
  dueAt: Date;
  /** How often it was tried. */
  attempts: number;
}

/** What the server, or the way to it, answered. */
export interface MailAnswer {
  status?: number;
  /** One line. */
  response: string;
}

const WAITING = 'sent_at IS NULL AND failed_at IS NULL';

/** Gives a mail its job, `delay` seconds from now. */
export const enqueueMail = (tx: Transaction, { organizationId, id }: MailRef, delay?: number): Promise<void> =>
  addJob(tx, { task: 'send_mail', payload: { organizationId, id }, key: `mail ${id}`, delay });

/** Puts a mail into the outbox; it leaves when the transaction is committed. */
export async function insertMail(tx: Transaction, mail: NewMail, now: Date): Promise<void> {
  await tx.query(
    `INSERT INTO mails (organization_id, id, kind, link_id, recipient, message_id, content, created_at, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [mail.organizationId, mail.id, mail.kind, mail.linkId ?? null, mail.recipient, mail.messageId, mail.content, now],
  );
  await enqueueMail(tx, mail);
}

/** Undefined when it is delivered, given up, or not due yet. */
export const findDueMail = (tx: Transaction, { organizationId, id }: MailRef, now: Date) =>
  row<WaitingMail>(
    tx,
    `SELECT organization_id, id, recipient, message_id, content, created_at, due_at, attempts FROM mails
      WHERE organization_id = $1 AND id = $2 AND ${WAITING} AND content IS NOT NULL AND due_at <= $3`,
    [organizationId, id, now],
  );

/** Delivered: the content is gone. */
export async function recordDelivery(tx: Transaction, { organizationId, id }: MailRef, now: Date): Promise<void> {
  await tx.query(
    `UPDATE mails SET sent_at = $3, failed_at = NULL, content = NULL, attempts = attempts + 1, smtp_status = NULL, smtp_response = NULL
      WHERE organization_id = $1 AND id = $2 AND sent_at IS NULL`,
    [organizationId, id, now],
  );
}

/** Given up for good: the content is gone. */
export async function recordFailure(
  tx: Transaction,
  { organizationId, id }: MailRef,
  now: Date,
  { status, response }: MailAnswer,
): Promise<void> {
  await tx.query(
    `UPDATE mails SET failed_at = $3, content = NULL, attempts = attempts + 1, smtp_status = $4, smtp_response = $5
      WHERE organization_id = $1 AND id = $2 AND ${WAITING}`,
    [organizationId, id, now, status ?? null, response],
  );
}

/** Not now: due again after `delay` seconds, and the job for it. */
export async function postponeMail(
  tx: Transaction,
  mail: MailRef,
  now: Date,
  delay: number,
  { status, response }: MailAnswer,
): Promise<void> {
  const postponed = await rows(
    tx,
    `UPDATE mails SET attempts = attempts + 1, due_at = $3, smtp_status = $4, smtp_response = $5
      WHERE organization_id = $1 AND id = $2 AND ${WAITING} RETURNING 1`,
    [mail.organizationId, mail.id, new Date(now.getTime() + delay * 1000), status ?? null, response],
  );
  if (postponed.length) await enqueueMail(tx, mail, delay);
}

/** Gives up what was written before then, its content gone (security 19). Yields how many. */
export async function giveUpMails(tx: Transaction, writtenBefore: Date, now: Date, response: string): Promise<number> {
  const given = await rows(
    tx,
    `UPDATE mails SET failed_at = $2, content = NULL, smtp_response = $3 WHERE ${WAITING} AND created_at <= $1 RETURNING 1`,
    [writtenBefore, now, response],
  );
  return given.length;
}

/** Mails that are due and that no job waits for, oldest first: the process that had the job was killed. */
export const listStrandedMails = (tx: Transaction, now: Date, limit: number) =>
  rows<MailRef>(
    tx,
    `SELECT organization_id, id FROM mails
      WHERE ${WAITING} AND due_at <= $1 AND NOT EXISTS (
        SELECT FROM graphile_worker.jobs
         WHERE key = 'mail ' || mails.id AND locked_at IS NULL AND attempts < max_attempts)
      ORDER BY due_at LIMIT $2`,
    [now, limit],
  );
