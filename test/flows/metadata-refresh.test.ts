import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSamlKey, idpMetadataXml, type SamlKey } from '../../src/demo/saml-response';
import { answer, begin, createAcme, deliver, maria, type Begun, type SamlConnection } from '../support/acme';
import type { HttpClient } from '../support/http-client';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

const ENTITY = 'https://idp.acme.example';
const SIX_MINUTES = 6 * 60_000;

interface Place {
  slug: string;
  connection: SamlConnection;
}

describeWith('postgres', 'security 14: a signing certificate that nobody pinned', () => {
  let service: TestService;
  let old: SamlKey;
  let rolled: SamlKey;
  let web: Server;
  let webUrl: string;
  /** What is published, by path; none: the address answers 500. */
  const published = new Map<string, string>();
  const fetched: string[] = [];

  beforeAll(async () => {
    web = createServer((req, res) => {
      fetched.push(req.url ?? '');
      const xml = published.get(req.url ?? '');
      // Long enough for all who come at once to meet.
      setTimeout(() => res.writeHead(xml ? 200 : 500, { 'content-type': 'text/xml' }).end(xml), 100);
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    [service, old, rolled] = await Promise.all([startService(), createSamlKey('Old'), createSamlKey('Rolled over')]);
  });
  beforeEach(() => void (service.clock.offsetMs = 0));
  afterAll(async () => {
    await service.stop();
    await new Promise((resolve) => web.close(resolve));
  });

  const metadata = (keys: readonly SamlKey[], entityId = ENTITY): string =>
    idpMetadataXml({ entityId, ssoUrl: `${ENTITY}/sso`, certificates: keys.map(({ certificate }) => certificate) });
  const fetches = ({ slug }: Place): number => fetched.filter((url) => url === `/${slug}`).length;

  let places = 0;
  /** An organization whose connection came from an address that published the old certificate. */
  async function place(): Promise<Place> {
    const slug = `place-${++places}`;
    published.set(`/${slug}`, metadata([old]));
    const source = { metadataXml: undefined, metadataUrl: `${webUrl}/${slug}` };
    const idp = { entityId: ENTITY, key: old, metadataXml: '' };
    const connection = await createAcme(service, idp, { slug, ...source });
    fetched.splice(0);
    return { slug, connection };
  }

  async function start({ slug, connection }: Place): Promise<{ browser: HttpClient; begun: Begun }> {
    const browser = service.browser();
    return { browser, begun: await begin(browser, connection, slug) };
  }

  /** The status that an answer signed with this key meets. */
  async function signIn(at: Place, key: SamlKey, started?: { browser: HttpClient; begun: Begun }): Promise<number> {
    const { browser, begun } = started ?? (await start(at));
    const now = new Date(Date.now() + service.clock.offsetMs);
    const fields = await answer({ entityId: ENTITY, key, metadataXml: '' }, at.connection, maria, begun, { now });
    return (await deliver(browser, at.connection, fields, at.slug)).status;
  }

  const read = ({ slug, connection }: Place) =>
    service.api<{ settings: { certificates: { certificate: string }[] } }>(
      'GET',
      `/organizations/${slug}/connections/${connection.id}`,
    );
  const events = async ({ slug }: Place) =>
    (
      await service.api<{ items: object[] }>(
        'GET',
        `/organizations/${slug}/audit-events?action=connection.metadata_refreshed`,
      )
    ).items;

  async function expectUnchanged(at: Place): Promise<void> {
    const { certificates } = (await read(at)).settings;
    expect(certificates.map(({ certificate }) => certificate)).toEqual([
      new X509Certificate(old.certificate).toString(),
    ]);
    expect(await events(at)).toEqual([]);
  }

  test('security 27: is looked up in the metadata, kept with a line in the ledger, and the same response lets in', async () => {
    const at = await place();
    published.set(`/${at.slug}`, metadata([rolled]));
    expect(await signIn(at, rolled)).toBe(303);
    expect(fetches(at)).toBe(1);
    const fingerprint = (key: SamlKey): string => new X509Certificate(key.certificate).fingerprint256;
    expect(await events(at)).toMatchObject([
      {
        actor: { kind: 'system' },
        connectionId: at.connection.id,
        fields: ['certificates'],
        details: { before: [fingerprint(old)], after: [fingerprint(rolled)] },
      },
    ]);
    expect(await signIn(at, rolled)).toBe(303);
    expect(await signIn(at, old)).toBe(403);
    expect(fetches(at)).toBe(1);
  });

  test('eight at once: one look, and all are let in', async () => {
    const at = await place();
    published.set(`/${at.slug}`, metadata([old, rolled]));
    const started = await Promise.all(Array.from({ length: 8 }, () => start(at)));
    const statuses = await Promise.all(started.map((one) => signIn(at, rolled, one)));
    expect(statuses).toEqual(Array(8).fill(303));
    expect(fetches(at)).toBe(1);
    expect(await events(at)).toHaveLength(1);
  });

  test('is never pinned from the response; a look is taken once in five minutes, whoever asks', async () => {
    const at = await place();
    const started = await start(at);
    expect(await signIn(at, rolled, started)).toBe(403);
    expect(await signIn(at, rolled)).toBe(403);
    expect(fetches(at)).toBe(1);
    await expectUnchanged(at);
    expect(await signIn(at, old, started)).toBe(303);

    service.clock.offsetMs = SIX_MINUTES;
    expect(await signIn(at, rolled)).toBe(403);
    expect(fetches(at)).toBe(2);
  });

  test.each<[string, (stranger: SamlKey) => string | undefined]>([
    ['cannot be had', () => undefined],
    ['is no metadata', () => '<html/>'],
    ['is of another entity', () => metadata([rolled], 'https://other.example')],
    ['does not hold the signer', (stranger) => metadata([old, stranger])],
  ])('changes nothing when the metadata %s', async (_what, publish) => {
    const at = await place();
    const text = publish(await createSamlKey('Stranger'));
    if (text === undefined) published.delete(`/${at.slug}`);
    else published.set(`/${at.slug}`, text);
    expect(await signIn(at, rolled)).toBe(403);
    expect(fetches(at)).toBe(1);
    await expectUnchanged(at);
  });

  test('is refused without a look where the connection has no address of metadata', async () => {
    const at = await place();
    await service.api('PATCH', `/organizations/${at.slug}/connections/${at.connection.id}`, {
      certificates: [old.certificate],
    });
    published.set(`/${at.slug}`, metadata([rolled]));
    expect(await signIn(at, rolled)).toBe(403);
    expect(fetches(at)).toBe(0);
  });

  test('what an admin saved meanwhile stands', async () => {
    const at = await place();
    published.set(`/${at.slug}`, metadata([rolled]));
    const [status] = await Promise.all([
      signIn(at, rolled),
      (async () => {
        while (!fetches(at)) await new Promise((resolve) => setImmediate(resolve));
        await service.api('PATCH', `/organizations/${at.slug}/connections/${at.connection.id}`, {
          certificates: [old.certificate],
        });
      })(),
    ]);
    expect(status).toBe(403);
    await expectUnchanged(at);
  });
});
