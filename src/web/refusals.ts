import { isStandardAttribute } from '../domain/attributes';
import type { ErrorCode } from '../domain/errors';
import type { IconName } from './icons';
import type { Translate } from './languages';
import type { PageContext, RefusedModel } from './page-models';
import { mailto, sentence, strong } from './wording';

/**
 * What a person can do about it: try again, ask their IT admin (and try again after), ask who alone can change it,
 * sign in with the organization's provider, look for the right address, go back, or begin anew in the application.
 */
type Remedy = 'retry' | 'ask' | 'admin' | 'sso' | 'discover' | 'back' | 'application';

interface RefusalPage {
  /** Whose words in the catalogue, `refused.{words}`. */
  words: string;
  remedy: Remedy;
}

/** Several codes that people meet as the same thing share one wording. A code without a page does not compile. */
export const REFUSAL_PAGES = {
  invalid_assertion: { words: 'invalid_assertion', remedy: 'retry' },
  provider_refused: { words: 'provider_refused', remedy: 'retry' },
  connection_unavailable: { words: 'connection_unavailable', remedy: 'retry' },
  identity_not_permitted: { words: 'identity_not_permitted', remedy: 'ask' },
  link_requires_proof: { words: 'link_requires_proof', remedy: 'ask' },
  link_rejected: { words: 'link_rejected', remedy: 'admin' },
  link_not_provable: { words: 'link_not_provable', remedy: 'ask' },
  licence_seats_exhausted: { words: 'licence_seats_exhausted', remedy: 'ask' },
  account_suspended: { words: 'account_suspended', remedy: 'ask' },
  account_deactivated: { words: 'account_deactivated', remedy: 'ask' },
  access_ended: { words: 'access_ended', remedy: 'ask' },
  missing_attribute: { words: 'missing_attribute', remedy: 'ask' },
  access_incomplete: { words: 'access_incomplete', remedy: 'ask' },
  attempt_expired: { words: 'attempt_expired', remedy: 'retry' },
  attempt_used: { words: 'attempt_used', remedy: 'retry' },
  assertion_replayed: { words: 'attempt_used', remedy: 'retry' },
  cookies_required: { words: 'cookies_required', remedy: 'retry' },
  invalid_logout_request: { words: 'invalid_logout', remedy: 'back' },
  invalid_logout_token: { words: 'invalid_logout', remedy: 'back' },
  invalid_logout_response: { words: 'invalid_logout', remedy: 'back' },
  connection_disabled: { words: 'connection_disabled', remedy: 'back' },
  unknown_connection: { words: 'unknown_connection', remedy: 'back' },
  self_signup_forbidden: { words: 'self_signup_forbidden', remedy: 'sso' },
  password_not_permitted: { words: 'password_not_permitted', remedy: 'sso' },
  invalid_credentials: { words: 'invalid_credentials', remedy: 'back' },
  invalid_code: { words: 'invalid_code', remedy: 'back' },
  second_factor_required: { words: 'second_factor_required', remedy: 'back' },
  weak_password: { words: 'weak_password', remedy: 'back' },
  email_domain_not_allowed: { words: 'email_domain_not_allowed', remedy: 'admin' },
  admin_managed: { words: 'admin_managed', remedy: 'admin' },
  link_expired: { words: 'link_expired', remedy: 'back' },
  link_used: { words: 'link_used', remedy: 'back' },
  link_replaced: { words: 'link_replaced', remedy: 'back' },
  link_revoked: { words: 'link_revoked', remedy: 'admin' },
  unknown_link: { words: 'unknown_link', remedy: 'back' },
  application_request_over: { words: 'application_request_over', remedy: 'application' },
  invalid_application_request: { words: 'invalid_application_request', remedy: 'application' },
  unknown_organization: { words: 'unknown_organization', remedy: 'discover' },
  not_found: { words: 'not_found', remedy: 'back' },
  method_not_allowed: { words: 'not_found', remedy: 'back' },
  invalid_form: { words: 'invalid_form', remedy: 'back' },
  rate_limited: { words: 'rate_limited', remedy: 'retry' },
  forbidden: { words: 'forbidden', remedy: 'back' },
  unauthorized: { words: 'forbidden', remedy: 'back' },
  insufficient_scope: { words: 'role_required', remedy: 'admin' },
  role_required: { words: 'role_required', remedy: 'admin' },
  too_large: { words: 'too_large', remedy: 'back' },
  file_too_large: { words: 'too_large', remedy: 'back' },
  internal_error: { words: 'internal_error', remedy: 'retry' },
  not_ready: { words: 'not_ready', remedy: 'retry' },
  invalid_json: { words: 'invalid_request', remedy: 'back' },
  invalid_request: { words: 'invalid_request', remedy: 'back' },
  unsupported_media_type: { words: 'invalid_request', remedy: 'back' },
  username_taken: { words: 'conflict', remedy: 'back' },
  email_taken: { words: 'conflict', remedy: 'back' },
  field_owned: { words: 'conflict', remedy: 'back' },
  conflict: { words: 'conflict', remedy: 'back' },
  in_use: { words: 'conflict', remedy: 'back' },
  slug_taken: { words: 'conflict', remedy: 'back' },
  domain_taken: { words: 'conflict', remedy: 'back' },
  domain_not_verified: { words: 'conflict', remedy: 'back' },
  invalid_metadata: { words: 'invalid_form', remedy: 'back' },
  invalid_file: { words: 'invalid_form', remedy: 'back' },
  import_not_ready: { words: 'conflict', remedy: 'back' },
  import_has_problems: { words: 'conflict', remedy: 'back' },
  import_braked: { words: 'conflict', remedy: 'back' },
  invalid_issuer: { words: 'invalid_form', remedy: 'back' },
  address_refused: { words: 'invalid_form', remedy: 'back' },
  invalid_state_change: { words: 'conflict', remedy: 'back' },
  idempotency_mismatch: { words: 'conflict', remedy: 'back' },
  idempotency_in_progress: { words: 'conflict', remedy: 'back' },
} as const satisfies Record<ErrorCode, RefusalPage>;

/** A link that looks like a button. */
export interface Action {
  label: string;
  href: string;
  kind: 'primary' | 'plain' | 'quiet';
  icon?: IconName;
  iconAfter?: IconName;
}

interface RefusedView {
  title: string;
  text: string;
  advice: string;
  missing: readonly string[];
  problems: readonly string[];
  discover: boolean;
  actions: readonly Action[];
  application?: RefusedModel['application'];
  contacts: readonly string[];
  attempt?: string;
}

/** The words and ways out of one refusal: what happened, why, what to do. */
export function refusedView(model: RefusedModel, context: PageContext): RefusedView {
  const { words, remedy } = REFUSAL_PAGES[model.code];
  const { t, organization } = context;
  const contacts = model.contacts ?? [];
  const say = (part: string, mark: (value: string) => string): string =>
    sentence(
      t(`refused.${words}.${part}`, {
        organization: organization?.name ?? t('fallback.organization'),
        connection: model.connection ?? t(remedy === 'sso' ? 'fallback.provider' : 'fallback.connection'),
        person: model.email ? mark(model.email) : t('fallback.person'),
      }),
    );
  const title = say('title', String);
  return {
    title,
    text: model.missing?.length ? say('text', strong) : say('text', strong).replace(/:$/, '.'),
    advice: say(model.proveUrl ? 'adviceProve' : 'advice', strong),
    missing: (model.missing ?? []).map((name) => attributeInWords(name, t)),
    problems: model.problems ?? [],
    discover: remedy === 'discover',
    actions: actionsFor(remedy, title, model, context),
    application: model.application,
    contacts: remedy === 'ask' || remedy === 'admin' ? contacts : [],
    ...(model.attempt && { attempt: t('refused.attempt', { attempt: strong(model.attempt) }) }),
  };
}

const attributeInWords = (name: string, t: Translate): string =>
  isStandardAttribute(name) ? t(`attributes.${name}`) : name.replace(/^custom\./, '');

function actionsFor(remedy: Remedy, title: string, model: RefusedModel, context: PageContext): readonly Action[] {
  const { t, organization } = context;
  const home = organization?.signInUrl ?? '/';
  const retry = { label: t('refused.retry'), href: model.tryAgainUrl ?? home } as const;
  const back = { label: organization ? t('refused.back') : t('refused.find'), href: home } as const;
  switch (remedy) {
    case 'discover':
    case 'application':
      return [];
    case 'back':
      return [{ ...back, kind: 'primary' }];
    case 'retry':
      return [
        { ...retry, kind: 'primary', icon: 'retry' },
        ...(model.attempt ? tellToo(mailTo(model, title, t, organization?.name), t) : []),
      ];
    case 'sso':
      return [wayToSso(model, back, t)];
    case 'ask':
      if (model.proveUrl) return proveFirst(model.proveUrl, mailTo(model, title, t, organization?.name), t);
      return tellFirst(mailTo(model, title, t, organization?.name), { ...retry, icon: 'retry' }, t);
    case 'admin':
      return tellFirst(mailTo(model, title, t, organization?.name), back, t);
  }
}

const wayToSso = (model: RefusedModel, back: Omit<Action, 'kind'>, t: Translate): Action => ({
  label: model.connection ? t('sign-in.continue', { connection: model.connection }) : back.label,
  href: model.tryAgainUrl ?? back.href,
  kind: 'primary',
  iconAfter: 'arrow-right',
});

/** Who may settle it alone is shown how; telling the IT admin is the other way. */
const proveFirst = (href: string, mail: string | undefined, t: Translate): readonly Action[] => [
  { label: t('refused.prove'), href, kind: 'primary', iconAfter: 'arrow-right' },
  ...tellToo(mail, t),
];

const tellToo = (mail: string | undefined, t: Translate): readonly Action[] =>
  mail ? [{ label: t('refused.tell'), href: mail, kind: 'quiet' }] : [];

/** Telling the IT admin stands before the other way where it is known whom to tell. */
function tellFirst(mail: string | undefined, other: Omit<Action, 'kind'>, t: Translate): readonly Action[] {
  if (!mail) return [{ ...other, kind: 'primary' }];
  return [
    { label: t('refused.tell'), href: mail, kind: 'primary', icon: 'send' },
    { label: other.label, href: other.href, kind: 'quiet' },
  ];
}

/** A letter to the technical contacts, ready to send (RFC 6068). */
function mailTo(model: RefusedModel, title: string, t: Translate, organization?: string): string | undefined {
  if (!model.contacts?.length) return undefined;
  const subject = t('refused.mail.subject', { organization: organization ?? t('fallback.organization') });
  const lines = [
    t('refused.mail.greeting'),
    '',
    `${title}.`,
    model.attempt ? t('refused.attempt', { attempt: model.attempt }) : '',
    model.attemptUrl ?? '',
  ];
  return `${mailto(...model.contacts)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines.join('\r\n').trim() + '\r\n')}`;
}
