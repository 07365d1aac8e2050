import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';
import { subjectOf } from './oidc-accounts';
import type { OidcAccounts } from './oidc-accounts';
import { PASSWORD } from './people';

export const isInteraction = (req: IncomingMessage): boolean => /^\/interaction\/[\w-]+$/.test(req.url ?? '');

/** The login page; `login_hint` is filled in. */
export async function showLogin(
  provider: Provider,
  _accounts: OidcAccounts,
  req: IncomingMessage,
  res: ServerResponse,
) {
  const { params, prompt } = await provider.interactionDetails(req, res);
  if (prompt.name !== 'login') throw new Error(`Cannot prompt for ${prompt.name}`);
  res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage(String(params.login_hint ?? '')));
}

/** Takes a known username with the one password; `cancel` declines. */
export async function finishLogin(
  provider: Provider,
  accounts: OidcAccounts,
  req: IncomingMessage,
  res: ServerResponse,
) {
  const fields = new URLSearchParams(await text(req));
  const account = accounts.get(fields.get('username') ?? '');
  const isRight = account !== undefined && fields.get('password') === PASSWORD;
  if (fields.has('cancel')) return provider.interactionFinished(req, res, { error: 'access_denied' });
  if (!isRight) return void res.writeHead(401, { 'content-type': 'text/html' }).end(loginPage(''));
  await provider.interactionFinished(req, res, { login: { accountId: subjectOf(account), amr: ['pwd'] } });
}

const escape = (value: string): string => value.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

const loginPage = (hint: string): string => `<!doctype html><html lang="en"><title>Test OP</title>
<form method="post">
<label>Username <input name="username" value="${escape(hint)}"></label>
<label>Password <input type="password" name="password" value="${PASSWORD}"></label>
<button>Sign in</button> <button name="cancel" value="1">Cancel</button>
</form></html>`;
