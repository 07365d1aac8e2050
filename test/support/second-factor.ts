import { generateSync } from 'otplib/functional';
import type { HttpClient, Reply } from './http-client';
import type { TestService } from './service';

const STEP_MS = 30_000;

/** A person's authenticator app. */
export interface Authenticator {
  secret: string;
  /** A code that was not given before; the service's clock moves on where its time has not come yet. */
  code(): string;
}

/** @param clock of the service, where the test has it in its hand */
export function authenticator(secret: string, clock: TestService['clock'] = { offsetMs: 0 }): Authenticator {
  let given = -Infinity;
  return {
    secret,
    code() {
      const present = Math.floor((Date.now() + clock.offsetMs) / STEP_MS);
      const step = Math.max(present, given + 1);
      // The next one counts already, a later one not yet.
      if (step > present + 1) clock.offsetMs += (step - present - 1) * STEP_MS;
      given = step;
      return codeAt(secret, step);
    },
  };
}

/** The code of a time step, as RFC 6238 counts them. */
export const codeAt = (secret: string, step: number): string =>
  generateSync({ secret, epoch: step * (STEP_MS / 1000) });

/** The secret that an enrolment page shows, to be typed in. */
export function secretOn({ text }: Reply): string {
  const shown = /<span class="mono">([A-Z2-7 ]+)<\/span>/.exec(text)?.[1];
  if (!shown) throw new Error(`no secret is shown here:\n${text.slice(0, 2_000)}`);
  return shown.replaceAll(' ', '');
}

/** The recovery codes that a page shows. */
export const codesOn = ({ text }: Reply): string[] =>
  [...text.matchAll(/<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})<\/code>/g)].map(([, code = '']) => code);

export interface Enrolled {
  app: Authenticator;
  codes: string[];
  /** Where 'I have kept them' leads. */
  next: string;
}

/** From a reply that sends the browser to the enrolment to a session, with an app and recovery codes. */
export async function enrol(browser: HttpClient, sent: Reply, clock?: TestService['clock']): Promise<Enrolled> {
  const page = sent.location === undefined ? sent : await browser.get(sent.location);
  const app = authenticator(secretOn(page), clock);
  const done = await browser.submit(page, { code: app.code() });
  const next = /<a class="btn primary wide" href="([^"]+)"/.exec(done.text)?.[1];
  if (done.status !== 200 || next === undefined) throw new Error(`not enrolled: ${done.status}\n${done.text}`);
  return { app, codes: codesOn(done), next };
}

/** From a reply that sends the browser to the second step to its end. */
export async function showCode(browser: HttpClient, sent: Reply, code: string): Promise<Reply> {
  const page = sent.location === undefined ? sent : await browser.get(sent.location);
  return browser.submit(page, { code });
}
