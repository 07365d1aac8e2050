import type { AttemptLine } from '../../../management/sign-in-attempts';
import type { Translate } from '../../languages';
import type { PortalContext } from '../frame-model';
import { moment } from '../moment';
import { causeOf, KNOWN_RULES } from './sign-in-causes';

interface Step {
  rule: string;
  ok: boolean;
  expected?: string;
  received?: string;
}

interface Item {
  icon: string;
  tone?: 'good' | 'bad' | 'warn';
  title: string;
  text?: string;
  when?: string;
  at?: string;
  facts?: readonly { label: string; value: string; tone?: string }[];
  advice?: string;
  list?: readonly string[];
  folded?: { label: string; text: string };
}

/** Why nobody came back, the likeliest first: `portal.signIns.silence.{name}`. */
const SILENCES = ['left', 'address', 'unassigned', 'request', 'network'] as const;

/** What happened, one thing after the other, in plain words. */
export function storyOf(attempt: AttemptLine, connection: string | undefined, context: PortalContext): readonly Item[] {
  const { t } = context;
  const steps = attempt.steps as readonly Step[];
  const passed = steps.filter(({ ok }) => ok);
  const failed = steps.filter(({ ok }) => !ok);
  return [
    beginning(attempt, connection, context),
    ...(steps.length ? [] : nothingCameBack(attempt, connection, t)),
    ...(passed.length ? [checksPassed(passed, t)] : []),
    ...failed.map((step) => checkFailed(step, connection, t)),
    ...(steps.length ? [ending(attempt, context)] : []),
  ];
}

function beginning(
  { startedAt, connectionId }: AttemptLine,
  connection: string | undefined,
  { t, language }: PortalContext,
): Item {
  return {
    icon: 'log-in',
    title: connectionId ? t('portal.signIns.story.began') : t('portal.signIns.story.typed'),
    text: connectionId
      ? t('portal.signIns.story.beganText', { connection: connection ?? t('fallback.connection') })
      : t('portal.signIns.story.typedText'),
    when: moment(startedAt, language),
    at: startedAt.toISOString(),
  };
}

/** Begun, and no answer: what is not seen here can only be guessed. */
function nothingCameBack({ state }: AttemptLine, connection: string | undefined, t: Translate): readonly Item[] {
  const named = { connection: connection ?? t('fallback.connection') };
  const isOver = state === 'expired';
  return [
    {
      icon: 'clock',
      tone: 'warn',
      title: t('portal.signIns.story.silence'),
      text: isOver ? t('portal.signIns.story.silenceOver', named) : t('portal.signIns.story.silenceOpen', named),
      advice: t('portal.signIns.story.likely'),
      list: SILENCES.map((one) => t(`portal.signIns.silence.${one}`, named)),
    },
  ];
}

const checksPassed = (passed: readonly Step[], t: Translate): Item => ({
  icon: 'check',
  tone: 'good',
  title: t('portal.signIns.story.passed'),
  folded: {
    label: t('portal.signIns.story.passedCount', { count: passed.length }),
    text: passed.map(({ rule }) => ruleInWords(rule, t)).join(' · '),
  },
});

function checkFailed({ rule, expected, received }: Step, connection: string | undefined, t: Translate): Item {
  const cause = causeOf(rule);
  const named = { connection: connection ?? t('fallback.connection') };
  return {
    icon: 'x',
    tone: 'bad',
    title: ruleInWords(rule, t),
    text: t(`portal.signIns.cause.${cause}.why`, named),
    facts: [
      ...(expected ? [{ label: t('portal.signIns.story.expected'), value: expected, tone: 'strong' }] : []),
      ...(received ? [{ label: t('portal.signIns.story.received'), value: received }] : []),
      { label: t('portal.signIns.story.check'), value: rule },
    ],
    advice: t(`portal.signIns.cause.${cause}.mend`, named),
  };
}

function ending({ state, finishedAt, refusalCode }: AttemptLine, { t, language }: PortalContext): Item {
  const isIn = state === 'succeeded';
  return {
    icon: isIn ? 'user' : 'ban',
    tone: isIn ? 'good' : 'bad',
    title: isIn ? t('portal.signIns.story.in') : t('portal.signIns.story.out'),
    ...(!isIn && refusalCode && { text: t('portal.signIns.story.code', { code: refusalCode }) }),
    ...(finishedAt && { when: moment(finishedAt, language), at: finishedAt.toISOString() }),
  };
}

const ruleInWords = (rule: string, t: Translate): string =>
  KNOWN_RULES.includes(rule) ? t(`portal.signIns.rule.${rule}`) : rule;
