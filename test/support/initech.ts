import type { HttpClient, Reply } from './http-client';
import type { Mailbox } from './mailbox';
import type { TestService } from './service';

/** Long, unrelated words: what the strength check likes. */
export const PASSWORD = 'wool teapot lighthouse 41';
export const OTHER_PASSWORD = 'granite harbour violin 77';

/** An organization without SSO, where people create their own accounts. */
export async function createInitech(
  service: TestService,
  { slug = 'initech', policy }: { slug?: string; policy?: Record<string, unknown> } = {},
): Promise<string> {
  await service.api('POST', '/organizations', {
    slug,
    name: 'Initech',
    technicalContacts: ['support@initech.example'],
  });
  if (policy) await service.api('PUT', `/organizations/${slug}/policy`, policy);
  return slug;
}

export interface SignupForm {
  givenName: string;
  familyName: string;
  email: string;
}

export const peter: SignupForm = { givenName: 'Peter', familyName: 'Gibbons', email: 'peter@initech.example' };

/** Fills in the form and sends it. */
export const signUp = (browser: HttpClient, form: SignupForm, slug = 'initech'): Promise<Reply> =>
  browser.post(`/${slug}/signup`, { ...form });

/** The path of the only link to this service in a mail. */
export function linkIn(mail: { text: string }): string {
  const found = /https?:\/\/[^\s/]+(\/[a-z0-9-]+\/link\/[A-Za-z0-9_-]+)/.exec(mail.text)?.[1];
  if (!found) throw new Error(`there is no link in this mail:\n${mail.text}`);
  return found;
}

/** Presses the link's button and chooses a password; 303 to the account page when all is well. */
export async function choose(browser: HttpClient, link: string, password = PASSWORD): Promise<Reply> {
  const page = await browser.submit(await browser.get(link));
  return page.status === 200 ? browser.submit(page, { password }) : page;
}

/** From nothing to signed in, by the mail. */
export async function register(
  service: TestService,
  mailbox: Mailbox,
  form: SignupForm = peter,
  { slug = 'initech', password = PASSWORD, browser = service.browser() } = {},
): Promise<HttpClient> {
  await signUp(browser, form, slug);
  const done = await choose(browser, linkIn(await mailbox.next(form.email)), password);
  if (done.status !== 303) throw new Error(`not signed in: ${done.status} ${done.text.slice(0, 500)}`);
  return browser;
}

/** Signs in with a password. */
export const logIn = (
  browser: HttpClient,
  login: string,
  password = PASSWORD,
  slug = 'initech',
  more: Readonly<Record<string, string>> = {},
): Promise<Reply> => browser.post(`/${slug}/login`, { login, password, ...more });
