import type { Health } from '../../../management/health';
import type { Translate } from '../../languages';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';

export interface HealthPages {
  'portal/health': Health;
}

type Tone = 'good' | 'warn' | 'bad';

const MINUTE_MS = 60_000;
const LATE_MS = 5 * MINUTE_MS;
const SLOW_MS = 100;

const badge = (tone: Tone, t: Translate): object => ({ tone, text: t(`portal.health.tone.${tone}`) });

/** What is given up is bad; what has waited for more than five minutes does not get done. */
function backlogTone({ failed, oldest }: Health['jobs'], now: Date): Tone {
  if (oldest && now.getTime() - oldest.getTime() > LATE_MS) return 'bad';
  return failed > 0 ? 'warn' : 'good';
}

function mailTone({ mail, outbox }: Health, now: Date): Tone {
  return mail === 'none' ? 'warn' : backlogTone(outbox, now);
}

/** Tiles with what matters at a glance, and the rest in lists. */
export function healthView(health: Health, { t, now, language }: PortalContext): object {
  const say = (part: string, values?: object): string => t(`portal.health.${part}`, { ...values });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const at = (date: Date): string => when(date, now, language, t);
  const { database, jobs, outbox, signingKeys } = health;
  const megabytes = say('megabytes', { size: number.format(Math.ceil(database.bytes / 1_048_576)) });
  const latency = say('latency', { milliseconds: number.format(database.milliseconds) });
  const oldest = (backlog: Health['jobs']): string => (backlog.oldest ? at(backlog.oldest) : say('nothing'));
  return {
    tiles: [
      {
        title: say('database'),
        figure: megabytes,
        sub: latency,
        badge: badge(database.milliseconds > SLOW_MS ? 'warn' : 'good', t),
      },
      {
        ...{ title: say('jobs'), figure: number.format(jobs.waiting) },
        sub: say('failedJobs', { failed: number.format(jobs.failed) }),
        badge: badge(backlogTone(jobs, now), t),
      },
      {
        ...{ title: say('mail'), figure: number.format(outbox.waiting) },
        sub: say('failedMail', { failed: number.format(outbox.failed) }),
        badge: badge(mailTone(health, now), t),
      },
      {
        ...{ title: say('keys'), figure: number.format(health.secretKeys), sub: say('secretKeys') },
        badge: badge(health.secretKeys ? 'good' : 'bad', t),
      },
    ],
    facts: [
      { label: say('version'), value: health.version },
      { label: say('node'), value: health.node },
      { label: say('postgres'), value: database.version, badge: { text: say(`kind.${database.kind}`), tone: 'plain' } },
      { label: say('sessions'), value: say(`store.${health.sessionStore}`) },
      { label: say('oldestJob'), value: oldest(jobs) },
      { label: say('oldestMail'), value: oldest(outbox) },
      { label: say('way'), value: say(`mails.${health.mail}`) },
    ],
    signingKeys: signingKeys.map(({ id, algorithm, createdAt, activeFrom }) => ({
      ...{ icon: 'key', title: algorithm, sub: say('signingKey', { id, when: at(createdAt) }) },
      ...(activeFrom > now && { badge: { text: say('next'), tone: 'info' } }),
    })),
  };
}
