import type { PageContext, PageModels } from './page-models';
import { REFUSAL_PAGES, type Action } from './refusals';
import { sentence, strong } from './wording';

type LinkOverModel = PageModels['link-over'];
type Why = LinkOverModel['why'];

/** The codes under which programs and refusals know the same; a link of another organization is met here only. */
const CODES = {
  expired: 'link_expired',
  used: 'link_used',
  replaced: 'link_replaced',
  revoked: 'link_revoked',
  unknown: 'unknown_link',
} as const satisfies Record<Exclude<Why, 'elsewhere'>, keyof typeof REFUSAL_PAGES>;

interface LinkOverView {
  title: string;
  text: string;
  advice: string;
  againAction?: string;
  actions: readonly Action[];
  contacts: readonly string[];
}

/** The words and ways on of a link that does not count: what happened, why, how to come by a new one. */
export function linkOverView(model: LinkOverModel, context: PageContext): LinkOverView {
  const { t, organization } = context;
  const words = model.why === 'elsewhere' ? 'link-over.elsewhere' : `refused.${REFUSAL_PAGES[CODES[model.why]].words}`;
  const named = { organization: organization?.name ?? t('fallback.organization') };
  return {
    title: sentence(t(`${words}.title`, named)),
    text: sentence(t(`${words}.text`, named)),
    advice: t(`link-over.advice.${adviceFor(model)}`, { command: strong('npx drawbridge owner link') }),
    ...(model.againAction && { againAction: model.againAction }),
    actions: actionsFor(model, context),
    contacts: model.contacts ?? [],
  };
}

export const LINK_ADVICE = [
  'used',
  'unknown',
  'elsewhere',
  'replaced',
  'again',
  'owner',
  'signup',
  'forgot',
  'account',
  'ask',
] as const;

/** Links with which one chooses a password; a garbled one may have been such a link. */
const isForPassword = ({ purpose }: LinkOverModel): boolean =>
  purpose === undefined || purpose === 'set_password' || purpose === 'reset_password';
const isForSignup = ({ purpose }: LinkOverModel): boolean => purpose === undefined || purpose === 'confirm_signup';

function adviceFor(model: LinkOverModel): (typeof LINK_ADVICE)[number] {
  const { why, purpose, againAction, signupUrl, forgotUrl } = model;
  if (why === 'used' || why === 'unknown' || why === 'elsewhere') return why;
  if (againAction) return why === 'replaced' ? why : 'again';
  if (purpose === 'first_owner') return 'owner';
  if (purpose === 'confirm_email') return 'account';
  if (isForSignup(model) && signupUrl) return 'signup';
  return isForPassword(model) && forgotUrl ? 'forgot' : 'ask';
}

/** A new link stands first where one can be had; whoever used theirs up, or came from elsewhere, rather signs in. */
function actionsFor(model: LinkOverModel, { t, organization }: PageContext): readonly Action[] {
  const { why, againAction, signupUrl, forgotUrl } = model;
  const signIn = { label: t('link-over.signIn'), href: organization?.signInUrl ?? '/' };
  const forgot = isForPassword(model) && forgotUrl ? [{ label: t('link-over.forgot'), href: forgotUrl }] : [];
  const signup = isForSignup(model) && signupUrl ? [{ label: t('signup.submit'), href: signupUrl }] : [];
  const anew = againAction || why === 'elsewhere' ? [] : [...forgot, ...signup];
  const ways = why === 'used' ? [signIn, ...anew] : [...anew, signIn];
  return ways.map((way, index) => ({ ...way, kind: index || againAction ? 'quiet' : 'primary' }));
}
