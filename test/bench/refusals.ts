import { bombs } from '../fixtures/saml/bombs';
import { corpusConnection, readCorpus, readPosted } from '../fixtures/saml/corpus';
import { heavy } from '../fixtures/saml/heavy';
import { complete, connectionWith, createKeys, mint, posted } from '../fixtures/saml/scene';

export interface Refusal {
  name: string;
  rule: string;
  cpuMs: number;
}

const WARM_UP = 30;
const SHOWN = 5;

async function timed(name: string, connection: ReturnType<typeof corpusConnection>, base64: string): Promise<Refusal> {
  const began = process.cpuUsage();
  const completion = await complete(connection, posted(base64));
  const { user, system } = process.cpuUsage(began);
  const rule = 'refusal' in completion ? completion.refusal.rule : 'accepted';
  return { name, rule, cpuMs: (user + system) / 1000 };
}

/**
 * How long the slowest refusals keep a process busy: every message of the corpus, those too large for it, and the
 * largest of their shapes that the guard lets through, verified in vain with three pinned certificates.
 * @returns the slowest first, with an ordinary message as the measure of this machine
 */
export async function slowestRefusals(): Promise<{ ordinary: Refusal; slowest: readonly Refusal[] }> {
  const keys = await createKeys();
  const certificates = [keys.idpNext, keys.stranger, keys.idpExpired].map(({ certificate }) => certificate);
  const unpinned = connectionWith(keys, { certificates });
  const ordinaryMessage = Buffer.from(await mint(keys)).toString('base64');
  for (let round = 0; round < WARM_UP; round++) await timed('warm-up', unpinned, ordinaryMessage);
  const ordinary = await timed('an ordinary message', connectionWith(keys), ordinaryMessage);

  const all: Refusal[] = [];
  for (const { file, settings } of readCorpus().invalid)
    all.push(await timed(file, corpusConnection(settings), readPosted('invalid', file)));
  for (const [name, { make }] of Object.entries(bombs))
    all.push(await timed(name, unpinned, make().toString('base64')));
  for (const [name, { sign, change }] of Object.entries(heavy)) {
    const base64 = Buffer.from(change(await mint(keys, { sign }))).toString('base64');
    all.push(await timed(name, unpinned, base64));
  }
  return { ordinary, slowest: all.sort((a, b) => b.cpuMs - a.cpuMs).slice(0, SHOWN) };
}
