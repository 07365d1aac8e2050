import { EventEmitter } from 'node:events';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { freePort } from './free-port';

export interface ReceivedMail {
  /** The envelope's recipient. */
  to: string;
  from: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** By lower-case name, decoded no further. */
  headers: ReadonlyMap<string, string>;
  /** As it came over the wire. */
  raw: string;
}

export interface Mailbox {
  /** For SMTP_URL. */
  url: string;
  /** In the order they came. */
  mails: readonly ReceivedMail[];
  /**
   * The first mail (to that address) that was not asked for yet, as soon as it is there.
   * @param options.holding only a mail whose text holds this
   * @param options.after only mails beyond that many, as `mails.length` was once
   * @throws Error when none comes in time, 10 s by default
   */
  next(to?: string, options?: { holding?: string; after?: number; timeout?: number }): Promise<ReceivedMail>;
  /** Answers RCPT TO so from now on; undefined takes the address again. */
  refuse(address: string, status: number | undefined): void;
  /** From now on RCPT TO is not answered, until false; who waits then is answered. */
  stall(isStalled: boolean): void;
  /** Nobody listens any more; `start` does so on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface State {
  mails: ReceivedMail[];
  refusals: Map<string, number>;
  isStalled: boolean;
  arrivals: EventEmitter;
}

/** A real SMTP server on a free port of 127.0.0.1, without TLS and authentication. */
export async function startMailbox(): Promise<Mailbox> {
  const port = await freePort();
  const state: State = { mails: [], refusals: new Map(), isStalled: false, arrivals: new EventEmitter() };
  state.arrivals.setMaxListeners(0);
  const asked = new Set<ReceivedMail>();
  let server = await listen(port, state);
  let isUp = true;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: state.mails,
    async next(to, { holding = '', after = 0, timeout = 10_000 } = {}) {
      const isMeant = (mail: ReceivedMail) => (!to || mail.to === to) && mail.text.includes(holding);
      const find = () => state.mails.slice(after).find((mail) => !asked.has(mail) && isMeant(mail));
      const mail = await arrival(state, find, timeout, `mail${to ? ` to ${to}` : ''}`);
      asked.add(mail);
      return mail;
    },
    refuse: (address, status) => void (status ? state.refusals.set(address, status) : state.refusals.delete(address)),
    stall(isStalled) {
      state.isStalled = isStalled;
      if (!isStalled) state.arrivals.emit('stall');
    },
    async stop() {
      if (isUp) await new Promise<void>((resolve) => server.close(() => resolve()));
      isUp = false;
    },
    async start() {
      if (!isUp) server = await listen(port, state);
      isUp = true;
    },
  };
}

async function listen(port: number, state: State): Promise<SMTPServer> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 20,
    onRcptTo({ address }, _session, callback) {
      const answer = (): void => {
        const status = state.refusals.get(address);
        callback(status ? Object.assign(new Error(`<${address}> is not for us`), { responseCode: status }) : null);
      };
      if (state.isStalled) state.arrivals.once('stall', answer);
      else answer();
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address).join();
        read(to, Buffer.concat(chunks)).then((mail) => {
          state.mails.push(mail);
          callback();
          state.arrivals.emit('mail');
        }, callback);
      });
    },
  });
  // A client that was killed is no fault of the server's.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function read(to: string, raw: Buffer): Promise<ReceivedMail> {
  const { from, subject = '', text = '', html = '', messageId = '', headers } = await PostalMime.parse(raw);
  return {
    to,
    from: { name: from?.name ?? '', address: from?.address ?? '' },
    ...{ subject, text, html, messageId },
    headers: new Map(headers.map(({ key, value }) => [key, value])),
    raw: raw.toString('utf8'),
  };
}

function arrival(
  { arrivals }: State,
  find: () => ReceivedMail | undefined,
  timeout: number,
  what: string,
): Promise<ReceivedMail> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const mail = find();
      if (mail) settle(() => resolve(mail));
    };
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      arrivals.off('mail', look);
      done();
    };
    const timer = setTimeout(() => settle(() => reject(new Error(`no ${what} within ${timeout} ms`))), timeout);
    arrivals.on('mail', look);
    look();
  });
}
