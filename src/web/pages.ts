import { join } from 'node:path';
import { Eta } from 'eta';
import { dir } from 'i18next';
import { apiReference } from './api-reference';
import { assetUrls, brandStylesheetUrl } from './assets';
import { readIcons } from './icons';
import { LANGUAGES, LANGUAGE_CODES, type Language } from './languages';
import { linkOverView } from './link-over';
import type { ContextOf, PageModels, PageName, SignInNotice } from './page-models';
import {
  accountView,
  changeEmailView,
  changePasswordView,
  checkEmailView,
  choosePasswordView,
  forgotView,
  linkIdentityView,
  linkView,
  signedOutView,
  signInView,
  signupView,
} from './page-views';
import { portalViews } from './portal/views';
import { refusedView } from './refusals';
import { changeSecondFactorView, enrolSecondFactorView, secondStepView } from './second-factor-views';
import { emphasised, initials, listOf, mailto, strong, when } from './wording';

export type * from './page-models';

export interface Pages {
  /** The whole HTML document of one page. */
  render<K extends PageName>(name: K, model: PageModels[K], context: ContextOf<K>): string;
}

/** What a template sees as `it.model`: the model, with its wording settled where that takes more than a loop. */
type Views = { [K in PageName]: (model: PageModels[K], context: ContextOf<K>) => object };
const views: Views = {
  discover: asItIs,
  'sign-in': signInView,
  account: accountView,
  'link-identity': linkIdentityView,
  'signed-out': signedOutView,
  signup: signupView,
  'check-email': checkEmailView,
  forgot: forgotView,
  link: linkView,
  'choose-password': choosePasswordView,
  'link-over': linkOverView,
  'second-step': secondStepView,
  'enrol-second-factor': enrolSecondFactorView,
  'recovery-codes': asItIs,
  'change-second-factor': changeSecondFactorView,
  'change-password': changePasswordView,
  'change-email': changeEmailView,
  applications: asItIs,
  'choose-organization': asItIs,
  'application-refused': asItIs,
  'sign-out': asItIs,
  'choose-sign-out': asItIs,
  'application-signed-out': asItIs,
  'nobody-signed-in': asItIs,
  refused: refusedView,
  posting: asItIs,
  resume: asItIs,
  ...portalViews,
  'api-docs': ({ document, documentUrl }) => ({ ...apiReference(document), documentUrl }),
};

const NOTICE_TONES: Record<SignInNotice, 'good' | 'info' | 'warn'> = {
  signed_out: 'good',
  session_ended: 'info',
  email_changed: 'good',
  prove: 'info',
  attempt_expired: 'info',
  attempt_used: 'info',
  cookies_required: 'warn',
};

/**
 * The renderer over `views/` under `root`.
 * @param cacheTemplates false reads the templates anew for every page, for development
 */
export function createPages({ root, cacheTemplates }: { root: string; cacheTemplates: boolean }): Pages {
  const eta = new Eta({ views: join(root, 'views'), cache: cacheTemplates, autoEscape: true });
  for (const [name, svg] of readIcons()) eta.loadTemplate(`@icon/${name}`, svg);
  const asset = assetUrls(root);

  return {
    render(name, model, context) {
      const { t, language, now, organization } = context;
      return eta.render(`pages/${name}`, {
        ...context,
        model: views[name](model, context),
        direction: dir(language),
        languages: languageLinks(language, context.here),
        brand: organization?.color && brandStylesheetUrl(organization.color),
        asset,
        initials,
        emphasised,
        strong,
        mailto,
        noticeTone: (notice: SignInNotice) => NOTICE_TONES[notice],
        when: (date: Date) => when(date, now, language, t),
        listOf: (items: readonly string[]) => listOf(items, language),
        eitherOf: (items: readonly string[]) => listOf(items, language, 'disjunction'),
      });
    },
  };
}

function asItIs<T extends object>(model: T): T {
  return model;
}

/** The same page in each language. A path that a browser would take for another host gets no links. */
function languageLinks(language: Language, here = ''): readonly object[] {
  if (!/^\/(?![/\\])/.test(here)) return [];
  const [path, query] = here.split('?', 2);
  return LANGUAGE_CODES.map((code) => {
    const parameters = new URLSearchParams(query);
    parameters.set('lang', code);
    return { code, name: LANGUAGES[code], current: code === language, href: `${path}?${parameters.toString()}` };
  });
}
