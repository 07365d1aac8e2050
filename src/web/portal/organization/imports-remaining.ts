/** When somebody began to watch a step, and how far it was then; it travels in the page's own address. */
export interface Watched {
  since: number;
  from: number;
}

/** What the address of the page says, or what is so now. */
export function watchedIn(query: Readonly<Record<string, string>>, now: Date, done: number): Watched {
  const [since, from] = [Number(query.since), Number(query.from)];
  const isUsable = since > 0 && since <= now.getTime() && from >= 0 && from <= done;
  return isUsable ? { since, from } : { since: now.getTime(), from: done };
}

/** Seconds that what is left takes if it goes on as it did; undefined until that can be said. */
export function secondsLeft({ since, from }: Watched, now: Date, done: number, total: number): number | undefined {
  const seconds = (now.getTime() - since) / 1000;
  return done > from && seconds >= 1 ? ((total - done) * seconds) / (done - from) : undefined;
}
