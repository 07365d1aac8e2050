import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router, type Request, type RequestHandler } from 'express';
import type { MailTransport, OutgoingMail } from '../mail/transport';
import { inboxPage, letterDocument, mailPage, missingPage, STYLESHEET, type ShownMail } from './dev-mail-pages';

/** An inbox for everybody: what the demo has in place of a mail server. */
export interface DevMail {
  transport: MailTransport;
  /** `/dev/mail` and below. */
  pages: Router;
}

const KEPT = 200;
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A letter brings its styles along, and nothing else. */
const LETTER_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** Opens the inbox: the newest 200 mails, kept in `dev-mail.json` of the directory, readable by the owner only. */
export async function openDevMail(dataDir: string): Promise<DevMail> {
  const file = join(dataDir, 'dev-mail.json');
  let mails: readonly ShownMail[] = await readMails(file);
  let saved: Promise<void> = Promise.resolve();
  const keep = (changed: readonly ShownMail[]): Promise<void> => {
    mails = changed;
    // One after another, whatever came of the one before.
    saved = saved.catch(() => undefined).then(() => save(file, mails));
    return saved;
  };
  const transport: MailTransport = {
    async send(mail) {
      const shown = shownMail(mail);
      // Delivered twice, shown once: a mail program would do so by its Message-ID.
      await keep([shown, ...mails.filter(({ id }) => id !== shown.id)].slice(0, KEPT));
    },
    verify: () => Promise.resolve(),
    close: () => undefined,
  };
  return { transport, pages: pagesOver({ list: () => mails, clear: () => keep([]) }) };
}

interface Inbox {
  list(): readonly ShownMail[];
  clear(): Promise<void>;
}

function pagesOver({ list, clear }: Inbox): Router {
  const router = Router();
  const sentTo = (address: string): readonly ShownMail[] => list().filter(({ to }) => !address || to === address);
  const find = (id: unknown) => list().find((mail) => mail.id === id);

  router.use('/dev/mail', withPolicy(PAGE_POLICY));
  router.get('/dev/mail', (req, res) => {
    const to = addressIn(req.query);
    res.send(inboxPage({ mails: sentTo(to), to }));
  });
  router.get('/dev/mail.json', (req, res) => {
    res.json(sentTo(addressIn(req.query)));
  });
  router.get('/dev/mail/style.css', (_req, res) => {
    res.type('css').send(STYLESHEET);
  });
  router.post('/dev/mail/delete', async (_req, res) => {
    await clear();
    res.redirect(303, '/dev/mail');
  });
  router.get('/dev/mail/:id', (req, res) => {
    const mail = find(req.params.id);
    if (mail) res.send(mailPage(mail));
    else res.status(404).send(missingPage());
  });
  router.get('/dev/mail/:id/html', withPolicy(LETTER_POLICY), (req, res) => {
    const mail = find(req.params.id);
    if (mail) res.send(letterDocument(mail));
    else res.status(404).send(missingPage());
  });
  return router;
}

const addressIn = ({ to }: Request['query']): string => (typeof to === 'string' ? to.trim().toLowerCase() : '');

const withPolicy =
  (policy: string): RequestHandler =>
  (_req, res, next) => {
    res.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' });
    next();
  };

/** The id is the Message-ID's left side: the mail's own. */
const shownMail = ({ messageId, from, to, subject, text, html, date }: OutgoingMail): ShownMail => ({
  ...{ id: messageId.slice(1).split('@', 1)[0] ?? '', from, to, subject, text, html, at: date.toISOString() },
});

async function readMails(file: string): Promise<readonly ShownMail[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text) as ShownMail[];
}

async function save(file: string, mails: readonly ShownMail[]): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(mails), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
