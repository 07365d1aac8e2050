import * as client from 'openid-client';
import { endLostApplications } from '../../src/storage/lost-applications';
import {
  addConnection,
  createAcme,
  createTestIdp,
  maria,
  newcomer,
  sessionOf,
  type SamlConnection,
  type TestIdp,
} from '../support/acme';
import { answerAt, createApplication, throughIdp, type TestApplication, type Tokens } from '../support/application';
import type { HttpClient } from '../support/http-client';
import { listenForLogouts, type LogoutListener } from '../support/logout-listener';
import { until } from '../support/processes';
import { describeWith } from '../support/requires';
import { meanwhile } from '../support/self-service';
import { startService, type TestService } from '../support/service';

const HOUR = 3600_000;
const GROUPS = ['Engineering', 'Sales'];

describeWith('postgres', 'losing the right to an application', () => {
  let service: TestService;
  let idp: TestIdp;
  let connection: SamlConnection;
  /** For one group, for one licence, for everybody. */
  let apps: Record<'tool' | 'paid' | 'open', TestApplication>;
  let told: Record<'tool' | 'paid' | 'open', LogoutListener>;
  let person: typeof maria;
  let browser: HttpClient;
  let tokens: Record<'tool' | 'paid' | 'open', Tokens>;

  beforeAll(async () => {
    service = await startService({ jobs: true });
    idp = await createTestIdp();
    for (const slug of ['acme', 'globex']) connection = await createAcme(service, idp, { slug });
    for (const name of GROUPS) await service.api('POST', '/organizations/globex/groups', { name });
    await service.api('POST', '/organizations/globex/licences', { name: 'Pro' });
    told = { tool: await listenForLogouts(), paid: await listenForLogouts(), open: await listenForLogouts() };
    const register = (name: keyof typeof told, more: object = {}) =>
      createApplication(service, { name, backchannelLogoutUri: told[name].url, ...more });
    apps = {
      tool: await register('tool', { access: { groups: ['Engineering'] } }),
      paid: await register('paid', { access: { licences: ['Pro'] } }),
      open: await register('open'),
    };
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all(Object.values(told).map((one) => one.stop()));
  });

  beforeEach(async () => {
    service.clock.offsetMs = 0;
    person = newcomer(maria);
    browser = service.browser();
    const open = await (await signIn('open')).redeem();
    account = `/organizations/globex/accounts/${open.claims()!.sub}`;
    await change({ groups: ['Engineering'], licence: 'Pro' });
    const [tool, paid] = [await enter('tool'), await enter('paid')];
    tokens = { tool, paid, open };
    for (const one of Object.values(told)) one.tokens = [];
  });

  let account: string;
  const change = (form: object) => service.api('PATCH', account, form);
  const at = () => ({ idp, connection, person, slug: 'globex' });
  const signIn = async (name: keyof typeof apps, parameters: Record<string, string> = {}) =>
    throughIdp(browser, await apps[name].start(browser, { organization: 'globex', ...parameters }), at());
  const enter = async (name: keyof typeof apps) =>
    (await apps[name].start(browser, { organization: 'globex' })).redeem();
  const userInfo = (name: keyof typeof apps) =>
    client.fetchUserInfo(apps[name].config, tokens[name].access_token, tokens[name].claims()!.sub);
  const isTold = (name: keyof typeof told) => until(() => told[name].tokens.length > 0, 5_000, `${name} was not told`);

  /** It hears of it, and its tokens are void, also when the right comes back. */
  async function isOver(name: keyof typeof apps, restore?: () => Promise<unknown>): Promise<void> {
    await isTold(name);
    await restore?.();
    await expect(userInfo(name)).rejects.toMatchObject({ status: 401 });
  }
  async function goesOn(...names: (keyof typeof apps)[]): Promise<void> {
    for (const name of names) {
      expect((await userInfo(name)).sub).toBe(tokens[name].claims()?.sub);
      expect(told[name].tokens).toEqual([]);
    }
  }

  describe('security 23: the application is told in five seconds', () => {
    test('when a group is taken from the person; others go on, and the tokens do not come back with it', async () => {
      await change({ groups: ['Sales'] });
      await isOver('tool', () => change({ groups: ['Engineering'] }));
      await goesOn('paid', 'open');
      expect((await enter('tool')).claims()?.groups).toEqual(['Engineering']);
    });

    test('when a licence is taken from the person', async () => {
      await change({ licence: null });
      await isOver('paid', () => change({ licence: 'Pro' }));
      await goesOn('tool', 'open');
    });

    test('when the identity provider names a group no more', async () => {
      await change({ groups: [] });
      Object.assign(person, { groups: ['Engineering'] });
      await signIn('open', { prompt: 'login' });
      tokens.tool = await enter('tool');
      told.tool.tokens = [];
      Object.assign(person, { groups: ['Sales'] });
      await signIn('open', { prompt: 'login' });
      await isOver('tool');
    });

    test('when the application is for another group, or other organizations', async () => {
      const restore = (form: object) => () => service.api('PATCH', `/applications/${apps.tool.id}`, form);
      await restore({ access: { groups: ['Sales'] } })();
      await isOver('tool', restore({ access: { groups: ['Engineering'] } }));
      tokens.tool = await enter('tool');
      told.tool.tokens = [];
      await restore({ organizations: ['acme'] })();
      await isOver('tool', restore({ organizations: 'all' }));
      await goesOn('paid', 'open');
    });

    test('when a group is called otherwise, for applications know it by its name', async () => {
      const { items } = await service.api<{ items: { id: string; name: string }[] }>(
        'GET',
        '/organizations/globex/groups?limit=100',
      );
      const { id } = items.find(({ name }) => name === 'Engineering')!;
      const rename = (name: string) => service.api('PATCH', `/organizations/globex/groups/${id}`, { name });
      await rename('Builders');
      await isOver('tool', () => rename('Engineering'));
      await goesOn('paid', 'open');
    });

    test('when the connection that gave a group is removed', async () => {
      const second = await addConnection(service, 'globex', idp, { name: 'Second', state: 'pilot' });
      await service.resources.db.query(
        `UPDATE account_groups SET source_id = (SELECT id FROM sources WHERE connection_id = $1) WHERE account_id = $2`,
        [second.id, tokens.open.claims()!.sub],
      );
      await service.api('DELETE', `/organizations/globex/connections/${second.id}`);
      await isOver('tool');
      await goesOn('paid', 'open');
    });

    test('when an admin ends the access', async () => {
      await change({ accessUntil: new Date(Date.now() - HOUR).toISOString() });
      await Promise.all([isTold('tool'), isTold('open')]);
      await change({ accessUntil: null });
      expect(await sessionOf(browser, 'globex')).toBeUndefined();
    });
  });

  test('security 23: who comes to an application while the right is being taken away does not get in', async () => {
    const late = await createApplication(service, { name: 'late', access: { groups: ['Engineering'] } });
    const accountId = tokens.open.claims()!.sub;
    const { id: organizationId } = tokens.open.claims()!.organization as { id: string };
    const journey = await meanwhile(
      service,
      async (tx) => {
        await tx.query('DELETE FROM account_groups WHERE account_id = $1', [accountId]);
        await endLostApplications(tx, { organizationId, accountId }, new Date());
      },
      () => late.start(browser, { organization: 'globex', prompt: 'none' }),
    );
    expect(answerAt(journey)).toMatchObject({ error: 'access_denied' });
  });

  test('security 23: the access ends with the time: sessions end within a minute, and every application is told', async () => {
    await change({ accessUntil: new Date(Date.now() + HOUR).toISOString() });
    const look = () => service.resources.db.query(`SELECT graphile_worker.add_job('end_lapsed_access')`);
    await look();
    await goesOn('tool', 'paid', 'open');
    service.clock.offsetMs = HOUR + 1000;
    await look();
    await Promise.all([isTold('tool'), isTold('open')]);
    const { items } = await service.api<{ items: object[] }>('GET', '/organizations/globex/audit-events?limit=20');
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'session.ended', details: { sessions: 1, because: 'access_until' } }),
    );
    await change({ accessUntil: null });
    await expect(userInfo('open')).rejects.toMatchObject({ status: 401 });
  });

  test('an application for a licence is for who has it, in no group whatever', async () => {
    await change({ groups: [], licence: 'Pro' });
    expect((await enter('paid')).claims()).toMatchObject({ licence: 'Pro', groups: [] });
    await change({ licence: null });
    expect((await apps.paid.start(browser, { organization: 'globex' })).text).toContain('paid is not open to you');
  });
});
