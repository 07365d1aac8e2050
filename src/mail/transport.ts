/** A letter, ready to leave. Everything in it is plain text but `html`. */
export interface OutgoingMail {
  /** With its angle brackets; the same however often it is sent. */
  messageId: string;
  /** In whose name: the organization's. */
  from: string;
  to: string;
  toName?: string;
  subject: string;
  text: string;
  html: string;
  /** BCP 47. */
  language: string;
  /** When it was written. */
  date: Date;
}

/** A way for mail to leave. */
export interface MailTransport {
  /**
   * Resolves once the server has taken the mail.
   * @throws SmtpRefusal when the server refused it; anything else counts as trouble on the way, for now
   */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<void>;
  /** @throws Error in words when the server cannot be reached or does not let us in */
  verify(): Promise<void>;
  close(): void;
}

/** The server's answer to the recipient or the message. */
export class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal';

  constructor(
    /** This mail will never be taken. */
    readonly permanent: boolean,
    /** RFC 5321 4.2; undefined when the mail was refused before the server was asked. */
    readonly status: number | undefined,
    readonly response: string,
  ) {
    super(response);
  }
}
