import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/config';
import { DECRYPTED_RULES, DOCUMENT_RULES, MESSAGE_RULES } from '../../src/connections/saml/checks';
import { KNOWN_RULES } from '../../src/web/portal/organization/sign-in-causes';
import { addConnection, createTestIdp, maria, newcomer, signIn, type TestIdp } from '../support/acme';
import type { HttpClient } from '../support/http-client';
import { createInitech } from '../support/initech';
import { adminOf } from '../support/portal';
import { describeWith } from '../support/requires';
import { startService, type TestService } from '../support/service';

jest.setTimeout(60_000);

describeWith('postgres', "an organization's portal", () => {
  let service: TestService;
  let idp: TestIdp;
  let admin: HttpClient;

  beforeAll(async () => {
    service = await startService({ env: { RATE_LIMIT: 'off' } });
    idp = await createTestIdp();
    await createInitech(service);
    admin = await adminOf(service, 'initech');
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.clock.offsetMs = 0;
  });

  /** One that offers itself beside passwords. */
  const connect = () => addConnection(service, 'initech', idp, { name: 'Contoso IdP', state: 'pilot' });

  describe('sign-in attempts', () => {
    test('an admin comes by the letter of a refused person to what was wrong with the answer, and where to mend it', async () => {
      const connection = await connect();
      const overrides = { audience: 'https://other.example' };
      const reply = await signIn(service, idp, connection, newcomer(maria), { slug: 'initech', overrides });
      const letter = /href="(mailto:[^"]+)"/.exec(reply.text)?.[1] ?? '';
      const link = /https?:\/\/\S+\/admin\/sign-ins\?q=[\w-]+/.exec(
        decodeURIComponent(letter.replaceAll('&amp;', '&')),
      );
      expect(link).not.toBeNull();
      const list = await admin.get(new URL(link![0]).pathname + new URL(link![0]).search);
      const path = /href="(\/initech\/admin\/sign-ins\/[^"]+)"/.exec(list.text)?.[1] ?? '';
      const { text } = await admin.get(path);
      for (const said of [
        'The answer is meant for another application',
        connection.sp.entityId,
        'https://other.example',
      ])
        expect(text).toContain(said);
    });
  });
});

test('every check of a sign-in has a cause and words', () => {
  const sources = ['connections', 'sign-in'].flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/logout/.test(name))
      .map((name) => readFileSync(join(root, 'src', folder, name), 'utf8')),
  );
  const written = sources.flatMap((text) => [...text.matchAll(/\brule: '(\w+)'/g)].map((match) => match[1]!));
  const tables = [...DOCUMENT_RULES, ...DECRYPTED_RULES, ...MESSAGE_RULES].map(([name]) => name);
  expect([...new Set([...written, ...tables])].filter((rule) => !KNOWN_RULES.includes(rule))).toEqual([]);
});
