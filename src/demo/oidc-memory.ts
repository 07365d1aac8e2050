import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Row {
  payload: AdapterPayload;
  expiresAt: number;
}

/**
 * Keeps codes, tokens and interactions of the sample provider in memory until they expire. Sessions are not kept at
 * all: the provider remembers nobody, so every sign-in shows the list of people again.
 */
export function memoryAdapter(): (model: string) => Adapter {
  const rows = new Map<string, Row>();
  const dropWhere = (isGone: (row: Row) => boolean): void => {
    for (const [key, row] of rows) if (isGone(row)) rows.delete(key);
  };

  return (model) => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const find = async (id: string): Promise<AdapterPayload | undefined> => {
      const row = rows.get(keyOf(id));
      return row && row.expiresAt > Date.now() ? row.payload : undefined;
    };
    return {
      find,
      async upsert(id, payload, expiresIn) {
        dropWhere((row) => row.expiresAt <= Date.now());
        if (model === 'Session') return;
        rows.set(keyOf(id), { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
      },
      async consume(id) {
        const payload = await find(id);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        rows.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        dropWhere((row) => row.payload.grantId === grantId);
      },
      // Looked up for sessions and the device flow only, neither of which is kept.
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
    };
  };
}
