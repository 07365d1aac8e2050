import { Eta } from 'eta';
import { STYLESHEET as BASE } from './assets';

/** A mail as it is shown, and as `/dev/mail.json` gives it to programs. */
export interface ShownMail {
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** ISO 8601. */
  at: string;
}

/** The demo's style, for pages that are broader than a card. */
export const STYLESHEET = `${BASE}
body { place-items: start center; }
main { width: min(100%, 760px); }
h1 { overflow-wrap: anywhere; }
.bar { display: flex; flex-wrap: wrap; align-items: end; gap: 12px; margin: 20px 0; }
.bar form { margin: 0; display: flex; flex-wrap: wrap; align-items: end; gap: 8px; }
.bar label { display: block; color: var(--muted); font-size: 0.8125rem; }
.bar input { min-height: 44px; width: min(260px, 100%); padding: 8px 12px; border: 1px solid var(--muted); border-radius: 8px; background: var(--surface); color: var(--ink); font: inherit; }
.bar .plain { width: auto; margin: 0; border-color: var(--line); }
input:focus-visible, iframe:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.tile span { min-width: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 16px 0 0; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 640px; border: 1px solid var(--line); border-radius: 8px; background: #f7f7f5; }
pre { margin: 0; padding: 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); font: 0.8125rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> · Mail of the demo</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/dev/mail/style.css">
</head>
<body>
<main>
<p class="label">Mail of the demo: it went nowhere but here</p>
<h1 dir="auto"><%= it.title %></h1>
<%~ it.body %>
</main>
</body>
</html>
`;

const INBOX = `<div class="bar">
<form method="get" action="/dev/mail">
<div><label for="to">Sent to</label><input id="to" name="to" type="email" autocomplete="off" value="<%= it.to %>"></div>
<button class="plain">Show</button>
<% if (it.to) { %><a class="plain" href="/dev/mail">Show all</a><% } %>
</form>
<% if (it.mails.length && !it.to) { %>
<form method="post" action="/dev/mail/delete"><button class="plain">Delete all mail</button></form>
<% } %>
</div>
<% if (it.mails.length) { %>
<ul>
<% for (const mail of it.mails) { %>
<li><a class="tile" href="/dev/mail/<%= mail.id %>"><span><strong dir="auto"><%= mail.subject %></strong>
<small>To <%= mail.to %> from <bdi><%= mail.from %></bdi>, <time datetime="<%= mail.at %>"><%= it.when(mail.at) %></time></small></span></a></li>
<% } %>
</ul>
<% } else { %>
<p>No mail<%= it.to ? ' to this address' : '' %> yet. Whatever Drawbridge sends, such as the link that confirms a new account, shows up here.</p>
<% } %>`;

const MAIL = `<p><a href="/dev/mail">All mail</a></p>
<dl>
<dt>From</dt><dd dir="auto"><%= it.mail.from %></dd>
<dt>To</dt><dd><a href="/dev/mail?to=<%= encodeURIComponent(it.mail.to) %>"><%= it.mail.to %></a></dd>
<dt>Sent</dt><dd><time datetime="<%= it.mail.at %>"><%= it.when(it.mail.at) %></time></dd>
</dl>
<h2>As most people see it</h2>
<iframe src="/dev/mail/<%= it.mail.id %>/html" title="The letter" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"></iframe>
<h2>As text</h2>
<pre><% for (const part of it.parts) { %><% if (part.isLink) { %><a href="<%= part.text %>"><%= part.text %></a><% } else { %><%= part.text %><% } %><% } %></pre>`;

const MISSING = `<p>The newest 200 mails are kept; this one is not among them, or was deleted.</p>
<p><a href="/dev/mail">All mail</a></p>`;

const eta = new Eta({ autoTrim: false });
for (const [name, template] of Object.entries({ PAGE, INBOX, MAIL, MISSING }))
  eta.loadTemplate(`@${name.toLowerCase()}`, template);

const page = (title: string, template: string, model: object): string =>
  eta.render('@page', { title, body: eta.render(template, { ...model, when }) });

const when = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** The list, newest first; `to` is the address it is narrowed down to, if any. */
export const inboxPage = (model: { mails: readonly ShownMail[]; to: string }): string => page('Mail', '@inbox', model);

/** One mail, both parts. */
export function mailPage(mail: ShownMail): string {
  const parts = mail.text.split(/(https?:\/\/[^\s<>"]+)/).map((text, index) => ({ text, isLink: index % 2 === 1 }));
  return page(mail.subject, '@mail', { mail, parts });
}

/** The HTML part alone, its links leading out of the frame. */
export const letterDocument = ({ html }: ShownMail): string => html.replace('<head>', '<head><base target="_top">');

export const missingPage = (): string => page('There is no such mail', '@missing', {});
