// Serves what docs/applications/nextjs.md says as Next.js would: a directory with its files, and a port.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const [dir = '', port = ''] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dir, file)).href);
const { authConfig, origin } = await load('auth.config.js');
const signOut = await load('app/sign-out/route.js');
const backchannel = await load('app/backchannel-logout/route.js');

/** A handler of Next.js, which takes and yields what fetch does, in Express. */
const route = (handle) => async (req, res) => {
  const { method, headers } = req;
  const body = method === 'POST' ? { body: req, duplex: 'half' } : {};
  const answer = await handle(new Request(new URL(req.originalUrl, origin), { method, headers, ...body }));
  res
    .status(answer.status)
    .set(Object.fromEntries(answer.headers))
    .send(await answer.text());
};

const app = express();
app.use('/api/auth', ExpressAuth(authConfig));
app.get('/', async (req, res) => res.json((await getSession(req, authConfig))?.user ?? {}));
app.get('/sign-out', route(signOut.GET));
app.post('/backchannel-logout', route(backchannel.POST));
app.listen(Number(port), '127.0.0.1');
