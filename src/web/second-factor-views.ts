import type { Translate } from './languages';
import type { PageContext, PageModels } from './page-models';
import { problemsInWords, sentence, strong } from './wording';

/** What the templates about the second factor are told beyond their models. */

/** The form with its problem in words. */
export function secondStepView(model: PageModels['second-step'], { t, organization }: PageContext): object {
  const say = (part: string): string =>
    sentence(t(`second-step.${model.by}.${part}`, { organization: strong(organization?.name ?? '') }));
  const labels = { code: say('label') };
  return { ...model, labels, ...problemsInWords(model.errors, labels, t), text: say('text'), other: say('other') };
}

/** The form with its problems in words, and the secret in groups that can be typed. */
export function enrolSecondFactorView(model: PageModels['enrol-second-factor'], context: PageContext): object {
  const { t, organization } = context;
  const named = { organization: strong(organization?.name ?? t('fallback.organization')) };
  const labels = { code: t(`enrol-second-factor.code.${model.reason}`), proof: proofLabel(model.proof, t) };
  return {
    ...model,
    labels,
    ...problemsInWords(model.errors, labels, t),
    title: t(`enrol-second-factor.title.${model.reason}`),
    text: sentence(t(`enrol-second-factor.text.${model.reason}`, named)),
    groups: model.secret.replace(/.{4}(?!$)/g, '$& '),
  };
}

/** The form with its problem in words. */
export function changeSecondFactorView(model: PageModels['change-second-factor'], { t }: PageContext): object {
  const labels = { proof: proofLabel('code', t) };
  const say = (part: string): string => t(`change-second-factor.${model.what}.${part}`);
  const words = { title: say('title'), text: say('text'), submit: say('submit') };
  return { ...model, labels, ...problemsInWords(model.errors, labels, t), ...words };
}

const proofLabel = (proof: 'password' | 'code' | undefined, t: Translate): string =>
  t(proof === 'password' ? 'change-password.current' : 'change-second-factor.proof');
