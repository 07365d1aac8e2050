import { linksOf } from '../../src/domain/links';
import { slugProblem } from '../../src/domain/organization';

describe('custom URLs', () => {
  test.each(['acme', 'a', '1', 'acme-2', 'a--b', 'xn--bcher-kva', 'admins', 'x-admin', 'a'.repeat(63)])(
    'takes %s',
    (slug) => {
      expect(slugProblem(slug)).toBeUndefined();
    },
  );

  test.each([
    '',
    '-acme',
    'acme-',
    'Acme',
    'acme_2',
    'acme.test',
    'ac me',
    'acme/x',
    'acmé',
    '李明',
    '..',
    '%2e',
    'acme\n',
    'a'.repeat(64),
  ])('refuses %j', (slug) => {
    expect(slugProblem(slug)).toBe('malformed');
  });

  // Contract, URLs: every first path segment of the service, and the words kept for later.
  const segments = 'admin setup oidc api healthz readyz metrics';
  const words =
    'account app apps assets auth bridge dev docs forward-auth help interaction login logout owner saml scim security session ' +
    'signin signout signup static status support system webhooks www';
  test.each(`${segments} ${words}`.split(' '))('%s is reserved', (slug) => {
    expect(slugProblem(slug)).toBe('reserved');
  });

  test.each(['favicon.ico', 'robots.txt', '.well-known'])('%s cannot be had', (slug) => {
    expect(slugProblem(slug)).toBeDefined();
  });
});

describe('links', () => {
  const links = linksOf('https://login.test', { slug: 'acme' });

  test('pages are paths under the custom URL', () => {
    const { signIn, choose, account, session, logout } = links;
    expect({ signIn, choose, account, session, logout }).toEqual({
      signIn: '/acme',
      choose: '/acme?choose=1',
      account: '/acme/account',
      session: '/acme/session',
      logout: '/acme/logout',
    });
    expect(links.sso('c1')).toBe('/acme/sso/c1');
    expect(links.signInUrl('c1')).toBe('https://login.test/acme/sso/c1');
  });

  test('what an identity provider is told is absolute and names the connection', () => {
    expect(links.endpoints('c1')).toEqual({
      entityId: 'https://login.test/acme/sso/c1/metadata',
      metadataUrl: 'https://login.test/acme/sso/c1/metadata',
      acsUrl: 'https://login.test/acme/sso/c1/acs',
      sloUrl: 'https://login.test/acme/sso/c1/slo',
      redirectUri: 'https://login.test/acme/sso/c1/callback',
    });
  });
});
