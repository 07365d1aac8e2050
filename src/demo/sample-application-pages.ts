import { Eta } from 'eta';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> · Sample application</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sample-idp.css">
</head>
<body>
<main>
<p class="label">Sample application, for the demo</p>
<h1><%= it.title %></h1>
<%~ it.body %>
</main>
</body>
</html>
`;

const VISITOR = `<p>Nobody is signed in here. This application knows no passwords: it sends you to Drawbridge.</p>
<p><a class="person primary" href="/sign-in">Sign in with your organization</a></p>`;

const SIGNED_IN = `<p>What this application was told of you:</p>
<ul>
<% for (const [name, value] of Object.entries(it.claims)) { %>
<li><small><%= name %></small> <code dir="auto"><%= typeof value === 'string' ? value : JSON.stringify(value) %></code></li>
<% } %>
</ul>
<p><a class="plain" href="/sign-out">Sign out</a></p>`;

const PROBLEM = `<p><%= it.message %></p>
<p><a class="person" href="/">Start again</a></p>`;

const eta = new Eta();
const page = (title: string, template: string, model: object): string =>
  eta.renderString(PAGE, { title, body: eta.renderString(template, model) });

/** The claims of who is signed in, or the way to sign in. */
export const applicationHome = (claims?: Readonly<Record<string, unknown>>): string =>
  claims
    ? page(`Hello, ${String(claims.name ?? claims.email ?? claims.sub)}`, SIGNED_IN, { claims })
    : page('Welcome', VISITOR, {});

export const applicationProblem = (message: string): string => page('That did not work', PROBLEM, { message });
