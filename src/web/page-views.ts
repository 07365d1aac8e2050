import type { PasswordAdvice } from '../connections/password/strength';
import { helpLinkName } from '../domain/help-link';
import type { FieldError } from './page-context';
import type { Translate } from './languages';
import type { PageContext, PageModels } from './page-models';
import { browserInWords, problemsInWords, sentence, strong, when, type FormProblems } from './wording';

/** What a template is told beyond its model: wording that takes more than a loop. Each yields `it.model`. */

/** The page's first sentence, and what helps with the ways of signing in that there are here. */
export function signInView(model: PageModels['sign-in'], { t, organization }: PageContext): object {
  const { connections, password, help } = model;
  const [only] = connections.length === 1 && !password ? connections : [];
  const here = { organization: organization?.name ?? t('fallback.organization') };
  const withPassword = [t('sign-in.trouble.login'), t('sign-in.trouble.keyboard'), t('sign-in.trouble.forgot')];
  const withProvider = [
    t('sign-in.trouble.account', here),
    t('sign-in.trouble.password', { connection: only?.name ?? here.organization }),
  ];
  return {
    ...model,
    text: signInText(model, t),
    ...(help && { help: { text: t('sign-in.help'), label: helpLinkName(help), href: help } }),
    trouble: [
      ...(password ? withPassword : []),
      ...(connections.length && !password ? withProvider : []),
      t('sign-in.trouble.cookies'),
    ],
  };
}

function signInText(
  { connections, password, passwordUrl, signupUrl, notice }: PageModels['sign-in'],
  t: Translate,
): string | undefined {
  // There the notice says which way is meant.
  if (notice === 'prove') return undefined;
  if (password) return connections.length ? t('sign-in.both') : undefined;
  const [only, another] = connections;
  if (only) return another ? t('sign-in.several') : t('sign-in.one', { connection: only.name });
  return passwordUrl || signupUrl ? undefined : t('sign-in.none');
}

/** What became of the session at the provider, as far as it is known. */
export function signedOutView({ connection, provider }: PageModels['signed-out'], { t }: PageContext): object {
  const named = { connection: connection ?? t('fallback.connection') };
  if (provider)
    return { said: sentence(t(`signed-out.${provider}`, named)), isUnconfirmed: provider === 'unconfirmed' };
  return { said: connection && t('signed-out.provider', named) };
}

/** Sessions with their browser and times in words. */
export function accountView(model: PageModels['account'], { t, now, language }: PageContext): object {
  const sessions = model.sessions.map((session) => {
    const started = t('account.started', { when: when(session.startedAt, now, language, t) });
    const seen = session.lastSeenAt && t('account.lastSeen', { when: when(session.lastSeenAt, now, language, t) });
    return { ...session, ...browserInWords(session.userAgent, t), sub: [started, seen].filter(Boolean).join(' · ') };
  });
  return { ...model, sessions };
}

/** The form with its problems in words. */
export function signupView(model: PageModels['signup'], { t }: PageContext): object {
  const labels = {
    givenName: t('attributes.givenName'),
    familyName: t('attributes.familyName'),
    email: t('signup.email'),
  };
  return { ...model, ...form(model.errors, labels, t) };
}

/** Where a message went, said the same whether or not the address is known. */
export function checkEmailView(model: PageModels['check-email'], { t, organization }: PageContext): object {
  const values = { address: address(model.email, t), organization: organization?.name };
  return { ...model, text: sentence(t(`check-email.text.${model.reason}`, values)) };
}

/** The form with its problem in words. */
export function forgotView(model: PageModels['forgot'], { t }: PageContext): object {
  const code = model.error === 'empty' ? 'required' : model.error;
  return { ...model, ...form(code ? [{ field: 'email', code }] : [], { email: t('attributes.email') }, t) };
}

/** What the link is for, and the one button. */
export function linkView(model: PageModels['link'], { t, organization }: PageContext): object {
  const say = (part: string): string =>
    t(`link.${model.purpose}.${part}`, { address: address(model.email, t), organization: organization?.name });
  return { ...model, title: say('title'), text: sentence(say('text')), button: say('button') };
}

/** The form with its problems in words, by what the link was for. */
export function choosePasswordView(model: PageModels['choose-password'], { t, organization }: PageContext): object {
  const say = (part: string): string =>
    t(`choose-password.${model.purpose}.${part}`, {
      address: address(model.email, t),
      organization: organization?.name,
    });
  const labels = { name: t('attributes.displayName'), email: t('attributes.email'), password: t('password.choose') };
  return {
    ...model,
    ...form(model.errors, labels, t),
    title: say('title'),
    text: sentence(say('text')),
    button: say('button'),
    notes: adviceInWords(model.advice, t),
  };
}

/** The form with its problems in words. */
export function changePasswordView(model: PageModels['change-password'], { t }: PageContext): object {
  const labels = { current: t('change-password.current'), password: t('change-password.new') };
  return { ...model, ...form(model.errors, labels, t), notes: adviceInWords(model.advice, t) };
}

/** The form with its problems in words. */
export function changeEmailView(model: PageModels['change-email'], { t }: PageContext): object {
  return {
    ...model,
    ...form(model.errors, { email: t('change-email.new'), current: t('change-password.current') }, t),
  };
}

/** Which way leads to which account from now on, and what follows. */
export function linkIdentityView(model: PageModels['link-identity'], { t, now, language }: PageContext): object {
  const { connection, person, email, replaces, refusedAt } = model;
  const tried = t('link-identity.tried', { when: when(refusedAt, now, language, t) });
  const say = (part: string): string => t(`link-identity.${part}`, { connection });
  return {
    ...model,
    title: say('title'),
    text: say('text'),
    both: [
      { icon: 'user', title: person.displayName ?? person.email, sub: [say('account'), person.email].join(' · ') },
      { icon: 'key', title: connection, sub: [say('way'), email, tried].filter(Boolean).join(' · ') },
    ],
    hints: [
      { icon: 'arrow-right', text: say('next') },
      ...(replaces ? [{ icon: 'retry', text: say('replaces') }] : []),
      { icon: 'log-out', text: say('others') },
    ],
  };
}

const form = <L extends Record<string, string>>(
  errors: readonly FieldError[],
  labels: L,
  t: Translate,
): FormProblems & { labels: L } => ({ labels, ...problemsInWords(errors, labels, t) });

const address = (email: string | undefined, t: Translate): string => (email ? strong(email) : t('fallback.address'));

/** Two pieces of advice may share their words. */
const adviceInWords = (advice: readonly PasswordAdvice[], t: Translate): readonly string[] => [
  ...new Set(advice.map((one) => t(`password.advice.${one}`))),
];
