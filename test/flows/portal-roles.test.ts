import { ORGANIZATION_ROLES, OWNER_ROLES, type PortalRole } from '../../src/domain/portal-role';
import { ROLE_SCOPES } from '../../src/management/portal-roles';
import { includesScope } from '../../src/management/scopes';
import type { PortalRoute } from '../../src/web/portal/route';
import { organizationRoutes, ownerRoutes } from '../../src/web/portal/routes';
import type { HttpClient } from '../support/http-client';
import { createInitech } from '../support/initech';
import { adminOf, ownerOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

const NOBODY = '0190a0a0-0000-7000-8000-000000000000';

describeWith('postgres', 'security 26: roles in the portals', () => {
  let service: TestService;
  const browsers = new Map<PortalRole, HttpClient>();

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    await createInitech(service);
    await createInitech(service, { slug: 'globex' });
    for (const role of ORGANIZATION_ROLES) browsers.set(role, await adminOf(service, 'initech', [role]));
    for (const role of OWNER_ROLES) browsers.set(role, await ownerOf(service, role));
  });
  afterAll(() => service.stop());

  const browserOf = (role: PortalRole): HttpClient => browsers.get(role) ?? service.browser();
  const ask = ({ method, path }: PortalRoute, browser: HttpClient, base: string) =>
    browser.send(method.toUpperCase(), base + path.replace(/:\w+/g, NOBODY));
  const portals = [
    ...ORGANIZATION_ROLES.map((role) => ({ role, base: '/initech/admin', routes: organizationRoutes })),
    ...OWNER_ROLES.map((role) => ({ role, base: '/admin/organizations/initech', routes: organizationRoutes })),
    ...OWNER_ROLES.map((role) => ({ role, base: '/admin', routes: ownerRoutes })),
  ];

  test.each(portals)('$role at $base comes as far as the role goes', async ({ role, base, routes }) => {
    for (const route of routes) {
      const { status, text } = await ask(route, browserOf(role), base);
      const may = includesScope(ROLE_SCOPES[role], route.scope);
      const named = `${route.method} ${base}${route.path}`;
      expect([named, may ? [200, 303, 404].includes(status) : status === 403]).toEqual([named, true]);
      // A form without its token does nothing: it is shown again.
      if (may && route.method === 'post' && status === 200) expect(text).toContain('name="_csrf"');
    }
  });

  test.each([
    ...organizationRoutes.map((route) => ({ route, base: '/initech/admin' })),
    ...ownerRoutes.map((route) => ({ route, base: '/admin' })),
  ])('$route.method $base$route.path lets nobody in without a session', async ({ route, base }) => {
    const { status, location } = await ask(route, service.browser(), base);
    if (route.method === 'post') expect(status).toBe(401);
    else if (base + route.path !== '/admin')
      expect([status, location]).toEqual([303, expect.stringContaining('return_to')]);
  });

  test("an organization's admin comes into no other organization, nor to the owners", async () => {
    const browser = browserOf('organization_admin');
    for (const path of ['/globex/admin', '/admin/organizations/initech', '/admin/organizations/globex'])
      expect([path, (await browser.get(path)).status]).toEqual([path, 303]);
  });

  test("the owners' organization has no portal of that kind, to suspend the last owner in", async () => {
    const { status } = await browserOf('owner').get('/admin/organizations/admin/users');
    expect(status).toBe(404);
  });

  test('an account without a role is told so', async () => {
    const browser = await adminOf(service, 'initech', []);
    const { status, text } = await browser.get('/initech/admin');
    expect([status, text]).toEqual([403, expect.stringContaining('You cannot open this page')]);
  });

  test('a role that was taken counts no more at the next request', async () => {
    const browser = await adminOf(service, 'initech', ['auditor']);
    expect((await browser.get('/initech/admin')).status).toBe(200);
    const { account } = (await browser.get('/initech/session', { headers: { accept: 'application/json' } })).json<{
      account: { id: string };
    }>();
    await service.api('PUT', `/organizations/initech/admins/${account.id}`, { roles: [] });
    expect((await browser.get('/initech/admin')).status).toBe(403);
  });

  test('nobody gives a role, or takes over an account, that may do more than they', async () => {
    const { items } = await service.api<{ items: { id: string; roles: string[] }[] }>(
      'GET',
      '/organizations/initech/admins',
    );
    const idOf = (role: string): string => items.find(({ roles }) => roles.includes(role))?.id ?? '';
    const { key } = await service.api<{ key: string }>('POST', '/api-keys', {
      name: 'helpdesk',
      organization: 'initech',
      scopes: [...ROLE_SCOPES.auditor, 'accounts:write', 'admins:write', 'link-requests:write'],
    });
    const as = (method: string, path: string, body?: unknown) =>
      service.request(method, `/organizations/initech${path}`, body, { authorization: `Bearer ${key}` });
    const admin = idOf('organization_admin');
    for (const [method, path, body] of [
      ['PUT', `/admins/${idOf('auditor')}`, { roles: ['organization_admin'] }],
      ['PUT', `/admins/${admin}`, { roles: [] }],
      ['POST', `/accounts/${admin}/send-link`, {}],
      ['POST', `/accounts/${admin}/suspend`, {}],
      ['PATCH', `/accounts/${admin}`, { email: 'mallory@initech.example' }],
      ['DELETE', `/accounts/${admin}`, undefined],
    ] as const) {
      const reply = await as(method, path, body);
      expect([path, reply.status, reply.json<{ code: string }>().code]).toEqual([path, 403, 'insufficient_scope']);
    }
  });
});
