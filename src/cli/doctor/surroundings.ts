import { reachRedis } from '../../reach-redis';
import { reasonOf } from '../../resources';
import { findings, type Finding } from './finding';
import type { Check, Subject } from './subject';

const TIMEOUT_MS = 5_000;
const MOST_SECONDS = 5;

export const checkSessions: Check<Subject> = async ({ config: { redisUrl } }) => {
  const say = findings('sessions');
  if (!redisUrl) return [say.ok('in Postgres')];
  return reachRedis(redisUrl).then(
    () => [say.ok('Redis answers')],
    (error: unknown) => [
      say.problem(`Redis does not answer: ${reasonOf(error)}`, 'See that REDIS_URL is right and Redis runs.'),
    ],
  );
};

/** The public origin: encrypted, leading here, and with a proxy in front told of. */
export const checkAddress: Check<Subject> = async (subject) => {
  const answer = await ask(`${subject.config.baseUrl}/healthz`);
  return [...schemeFindings(subject), ...reachFindings(subject, answer), ...proxyFindings(subject)];
};

const isLocal = (hostname: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');

function schemeFindings({ config: { baseUrl } }: Subject): Finding[] {
  const say = findings('base URL');
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || isLocal(hostname)) return [say.ok(baseUrl)];
  return [
    say.problem(
      `${baseUrl} is not encrypted`,
      'Put a proxy with TLS in front and set BASE_URL to its https:// origin, and TRUST_PROXY.',
    ),
  ];
}

type Answer = { status: number; body: string; date: string | null } | { failure: string };

/** The operator's own address, so not by the outbound client, which keeps away from private networks. */
async function ask(url: string): Promise<Answer> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: answer.status, body: await answer.text(), date: answer.headers.get('date') };
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return { failure: cause?.code ?? reasonOf(error) };
  }
}

function reachFindings({ config: { baseUrl }, now }: Subject, answer: Answer): Finding[] {
  const say = findings('base URL');
  if ('failure' in answer)
    return [
      say.warning(
        `${baseUrl} does not answer from here (${answer.failure})`,
        'Start the service; if it runs, see that BASE_URL is right. Browsers and identity providers are sent there.',
      ),
    ];
  if (answer.status !== 200 || !answer.body.includes('"ok"'))
    return [
      say.warning(
        `Something else answers at ${baseUrl} (status ${answer.status} at /healthz)`,
        'See that BASE_URL and the proxy in front lead to this service.',
      ),
    ];
  const apart = answer.date ? Math.abs(Date.parse(answer.date) - now().getTime()) / 1000 : 0;
  // The header has whole seconds.
  if (apart > MOST_SECONDS + 1)
    return [say.warning(`The clock there is ${apart.toFixed(0)} s apart from this machine's`, 'Let NTP set both.')];
  return [say.ok('reached from here')];
}

function proxyFindings({ config: { baseUrl, trustProxy } }: Subject): Finding[] {
  const say = findings('proxy');
  if (!baseUrl.startsWith('https:') || trustProxy !== false) return [];
  return [
    say.warning(
      'BASE_URL is https, so a proxy stands in front, but TRUST_PROXY is not set',
      'Set TRUST_PROXY to the number of proxies (1) or their addresses; otherwise every request seems to come from the proxy.',
    ),
  ];
}
