/** Holds at most `maxEntries`, each for at most `maxAgeMs`; the one not used for longest goes first. */
export interface BoundedCache<V> {
  get(key: string, now: Date): V | undefined;
  set(key: string, value: V, now: Date): void;
  delete(key: string): void;
}

export function createBoundedCache<V>({
  maxEntries,
  maxAgeMs,
}: {
  maxEntries: number;
  maxAgeMs: number;
}): BoundedCache<V> {
  // A Map keeps the order of insertion: what is used moves to the end.
  const entries = new Map<string, { value: V; since: number }>();

  return {
    get(key, now) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (now.getTime() - entry.since >= maxAgeMs) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, now) {
      entries.delete(key);
      entries.set(key, { value, since: now.getTime() });
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key) => void entries.delete(key),
  };
}
