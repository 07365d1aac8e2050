import { Eta } from 'eta';
import type { Person } from './people';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %> · Sample identity provider</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sample-idp.css">
</head>
<body>
<main>
<p class="label">Sample identity provider, for the demo</p>
<h1><%= it.title %></h1>
<%~ it.body %>
</main>
</body>
</html>
`;

const HIDDEN = `<% for (const [name, value] of Object.entries(it.fields)) { %>
<input type="hidden" name="<%= name %>" value="<%= value %>">
<% } %>`;

const SIGN_IN = `<p>These people of <%= it.organization %> do not exist. Pick one to sign in as; there is no password.</p>
<form method="post" action="<%= it.action %>">
<%~ include('@hidden', it) %>
<ul>
<% for (const person of it.people) { %>
<li><button class="person" name="person" value="<%= person.id %>">
<span class="avatar" aria-hidden="true"><%= person.initials %></span>
<span><strong dir="auto"><%= person.displayName %></strong><small><%= person.title %>, <%= person.department %></small></span>
</button></li>
<% } %>
</ul>
<button class="plain" name="cancel" value="yes">Cancel sign-in</button>
</form>`;

const SUBMIT = `<p>You are being sent back to the application.</p>
<form method="post" action="<%= it.action %>">
<%~ include('@hidden', it) %>
<button class="person primary">Continue</button>
</form>
<script src="/submit.js" defer></script>`;

const HOME = `<p>It plays the identity providers of two fictitious organizations. Nobody here exists.</p>
<% if (it.tiles.length) { %>
<h2>Applications</h2>
<ul>
<% for (const tile of it.tiles) { %>
<li><a class="tile" href="<%= tile.href %>"><span><strong><%= tile.name %></strong><small><%= tile.how %></small></span></a></li>
<% } %>
</ul>
<% } %>
<% for (const organization of it.organizations) { %>
<h2>People of <%= organization.name %></h2>
<ul>
<% for (const person of organization.people) { %>
<li><span dir="auto"><%= person.displayName %></span> <small><%= person.email %></small></li>
<% } %>
</ul>
<% } %>
<h2>For connections</h2>
<ul>
<% for (const [name, value] of Object.entries(it.addresses)) { %>
<li><%= name %>: <code><%= value %></code></li>
<% } %>
</ul>`;

const PROBLEM = `<p><%= it.message %></p>
<p>Go back to the application and start the sign-in again.</p>`;

const eta = new Eta();
for (const [name, template] of Object.entries({ PAGE, HIDDEN, SIGN_IN, SUBMIT, HOME, PROBLEM }))
  eta.loadTemplate(`@${name.toLowerCase()}`, template);

const page = (title: string, template: string, model: object): string =>
  eta.render('@page', { title, body: eta.render(template, model) });

const initials = (person: Person): string => [person.givenName, person.familyName].map((name) => [...name][0]).join('');

/** The list of people, one button each; posts `person` (an id) or `cancel`, and the fields, to `action`. */
export const signInPage = (model: {
  organization: string;
  people: readonly Person[];
  action: string;
  fields: Readonly<Record<string, string>>;
}): string => {
  const people = model.people.map((person) => ({ ...person, initials: initials(person) }));
  return page('Choose who signs in', '@sign_in', { ...model, people });
};

/** A form that sends itself (SAML HTTP-POST binding), by its button where scripts are off. */
export const submitPage = (action: string, fields: Readonly<Record<string, string>>): string =>
  page('Signing you in', '@submit', { action, fields });

/** The start page: the applications' tiles, the people, and what a connection needs to know. */
export const homePage = (model: {
  tiles: readonly { name: string; how: string; href: string }[];
  organizations: readonly { name: string; people: readonly Person[] }[];
  addresses: Readonly<Record<string, string>>;
}): string => page('Two sample organizations', '@home', model);

/** What went wrong, in one sentence. */
export const problemPage = (message: string): string => page('This sign-in cannot go on', '@problem', { message });
