import { randomUUID } from 'node:crypto';
import { readSigningKeys, rotateSigningKey } from '../../src/bridge/signing-keys';
import { tellApplication } from '../../src/bridge/tell-application';
import { cleanUp } from '../../src/storage/clean-up';
import { saveOidcPayload } from '../../src/storage/oidc-payloads';
import { createApplication } from '../support/application';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const START = Date.parse('2027-01-01T00:00:00Z');

describeWith('postgres', 'what the bridge does by itself', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  describe('signing keys', () => {
    const keysOn = async (day: number) => {
      const { db, box } = service.resources;
      const keys = await readSigningKeys({ db, box, now: () => new Date(START + day * DAY) });
      return keys.map(({ kid, alg }) => ({ kid: kid!, alg: alg! }));
    };
    const es256 = (keys: readonly { kid: string; alg: string }[]) =>
      keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);

    test('security 24: each algorithm’s next key is published long before it signs, the former one after', async () => {
      const first = es256(await keysOn(0));
      expect(first).toHaveLength(2);
      expect(es256(await keysOn(89))).toEqual(first);
      const [before, now] = first;
      const second = es256(await keysOn(90));
      expect(second[0]).toBe(now);
      expect(second).toContain(before);
      expect(second).toHaveLength(3);
      expect(es256(await keysOn(119))).toContain(before);
      expect(es256(await keysOn(121))).toEqual([now, second.find((kid) => !first.includes(kid))]);
    });

    test('security 24: rotated by hand, the next key signs once it has been published for a day, and the former one stays', async () => {
      const { db, box } = service.resources;
      const rotateOn = (day: number) =>
        rotateSigningKey({ db, box, now: () => new Date(START + day * DAY) }, 'ES256', { kind: 'command' });
      const [before, next] = es256(await keysOn(200));
      expect((await rotateOn(210)).id).toBe(next);
      const now = es256(await keysOn(210));
      expect(now[0]).toBe(next);
      expect(now).toContain(before);
      const again = await rotateOn(210);
      expect(again.activeFrom).toEqual(new Date(START + 211 * DAY));
      expect(es256(await keysOn(210.9))[0]).toBe(next);
      expect(es256(await keysOn(211))[0]).toBe(again.id);
      expect(es256(await keysOn(239))).toContain(before);
      const lines = await db.query<object[]>(
        `SELECT resource FROM ledger_entries WHERE action = 'signing_key.rotated'`,
      );
      expect(lines).toContainEqual({ resource: `signing_key:${again.id}` });
    });

    test('those that sign come first, and two processes that begin at once agree', async () => {
      const [one, other] = await Promise.all([keysOn(400), keysOn(400)]);
      expect(one).toEqual(other);
      expect(one.slice(0, 2).map(({ alg }) => alg)).toEqual(expect.arrayContaining(['ES256', 'RS256']));
    });
  });

  describe('applications that do not confirm a sign-out', () => {
    test('are asked again after 1, 2, 4 … 300 seconds, for a day, and it is written down first and last', async () => {
      const { db } = service.resources;
      const { id: applicationId } = await createApplication(service);
      const ref = { organizationId: randomUUID(), id: randomUUID() };
      await db.query(
        `INSERT INTO logout_notices (organization_id, id, application_id, account_id, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $5)`,
        [ref.organizationId, ref.id, applicationId, randomUUID(), new Date(START)],
      );
      let clock = START;
      const notifier = { signOut: async () => 'answered with status 500' };
      const log = { warn: () => undefined };
      const ask = async (): Promise<{ wait: number; isOver: boolean }> => {
        await tellApplication({ db, notifier, log, now: () => new Date(clock) }, ref);
        const [notice] = await db.query<{ due_at: Date; failed_at: Date | null }[]>(
          'SELECT due_at, failed_at FROM logout_notices WHERE id = $1',
          [ref.id],
        );
        const wait = (notice!.due_at.getTime() - clock) / SECOND;
        clock = notice!.due_at.getTime();
        return { wait, isOver: notice!.failed_at !== null };
      };
      const waits: number[] = [];
      for (let attempt = 0; attempt < 11; attempt += 1) waits.push((await ask()).wait);
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
      clock = START + DAY - SECOND;
      expect((await ask()).isOver).toBe(false);
      clock = START + DAY;
      // As if the wait before were over now.
      await db.query('UPDATE logout_notices SET due_at = $2 WHERE id = $1', [ref.id, new Date(clock)]);
      expect((await ask()).isOver).toBe(true);
      const lines = await db.query<{ action: string }[]>(
        'SELECT action FROM ledger_entries WHERE organization_id = $1 ORDER BY id',
        [ref.organizationId],
      );
      expect(lines.map(({ action }) => action)).toEqual([
        'application.sign_out_unconfirmed',
        'application.sign_out_given_up',
      ]);
    });
  });

  test('what is over is cleaned up; a code that comes a second time within a day is still known', async () => {
    const { db } = service.resources;
    const expiresAt = new Date(Date.now() + 60 * SECOND);
    await saveOidcPayload(db.manager, { model: 'Interaction', id: 'one', payload: {}, expiresAt });
    const { id } = await createApplication(service);
    await service.api('POST', `/applications/${id}/rotate-secret`, { overlapHours: 1 });
    const inDays = (days: number) => cleanUp(db, new Date(Date.now() + days * DAY));
    expect(await inDays(0.9)).toMatchObject({ oidc_payloads: 0, application_secrets: 0, logout_notices: 0 });
    expect(await inDays(1.1)).toMatchObject({ oidc_payloads: 1, application_secrets: 0 });
    expect(await inDays(91)).toMatchObject({ application_secrets: 1 });
  });
});
