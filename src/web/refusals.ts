import { isStandardAttribute } from '../domain/attributes';
import type { ErrorCode } from '../domain/errors';
import type { IconName } from './icons';
import type { Translate } from './languages';
import type { PageContext, RefusedModel } from './page-models';
import { mailto, strong } from './wording';

/** What a person can do about it: try again, ask their IT admin, look for the right address, or go back. */
type Remedy = 'retry' | 'ask' | 'discover' | 'back';

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
  connection_disabled: { words: 'connection_disabled', remedy: 'back' },
  unknown_connection: { words: 'unknown_connection', remedy: 'back' },
  self_signup_forbidden: { words: 'self_signup_forbidden', remedy: 'back' },
  unknown_organization: { words: 'unknown_organization', remedy: 'discover' },
  not_found: { words: 'not_found', remedy: 'back' },
  method_not_allowed: { words: 'not_found', remedy: 'back' },
  invalid_form: { words: 'invalid_form', remedy: 'back' },
  rate_limited: { words: 'rate_limited', remedy: 'retry' },
  forbidden: { words: 'forbidden', remedy: 'back' },
  unauthorized: { words: 'forbidden', remedy: 'back' },
  insufficient_scope: { words: 'forbidden', remedy: 'back' },
  too_large: { words: 'too_large', remedy: 'back' },
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
  invalid_issuer: { words: 'invalid_form', remedy: 'back' },
  address_refused: { words: 'invalid_form', remedy: 'back' },
  invalid_state_change: { words: 'conflict', remedy: 'back' },
  idempotency_mismatch: { words: 'conflict', remedy: 'back' },
  idempotency_in_progress: { words: 'conflict', remedy: 'back' },
} as const satisfies Record<ErrorCode, RefusalPage>;

interface Action {
  label: string;
  href: string;
  kind: 'primary' | 'quiet';
  icon?: IconName;
}

interface RefusedView {
  title: string;
  text: string;
  advice: string;
  missing: readonly string[];
  problems: readonly string[];
  discover: boolean;
  actions: readonly Action[];
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
        connection: model.connection ?? t('fallback.connection'),
        person: model.email ? mark(model.email) : t('fallback.person'),
      }),
    );
  const title = say('title', String);
  return {
    title,
    text: model.missing?.length ? say('text', strong) : say('text', strong).replace(/:$/, '.'),
    advice: say('advice', strong),
    missing: (model.missing ?? []).map((name) => attributeInWords(name, t)),
    problems: model.problems ?? [],
    discover: remedy === 'discover',
    actions: actionsFor(remedy, title, model, context),
    contacts: remedy === 'ask' ? contacts : [],
    ...(model.attempt && { attempt: t('refused.attempt', { attempt: strong(model.attempt) }) }),
  };
}

/** A fallback such as 'your organization' may come to stand first. */
const sentence = (text: string): string => text.charAt(0).toLocaleUpperCase('en') + text.slice(1);

const attributeInWords = (name: string, t: Translate): string =>
  isStandardAttribute(name) ? t(`attributes.${name}`) : name.replace(/^custom\./, '');

function actionsFor(
  remedy: Remedy,
  title: string,
  model: RefusedModel,
  { t, organization }: PageContext,
): readonly Action[] {
  const home = organization?.signInUrl ?? '/';
  const retry = { label: t('refused.retry'), href: model.tryAgainUrl ?? home, icon: 'retry' } as const;
  switch (remedy) {
    case 'discover':
      return [];
    case 'back':
      return [{ label: organization ? t('refused.back') : t('refused.find'), href: home, kind: 'primary' }];
    case 'retry':
      return [{ ...retry, kind: 'primary' }];
    case 'ask': {
      const mail = mailTo(model, title, t, organization?.name);
      if (!mail) return [{ ...retry, kind: 'primary' }];
      return [
        { label: t('refused.tell'), href: mail, kind: 'primary', icon: 'send' },
        { label: retry.label, href: retry.href, kind: 'quiet' },
      ];
    }
  }
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
  ];
  return `${mailto(...model.contacts)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines.join('\r\n').trim() + '\r\n')}`;
}
