import fc from 'fast-check';
import type { ExternalIdentity } from '../../src/domain/proof';
import { guard, MESSAGE_LIMITS } from '../../src/connections/saml/guard';
import { childElements, parseXml, type Element } from '../../src/connections/saml/xml';
import { scanXml } from '../../src/connections/saml/xml-scan';
import { corpusConnection, readCorpus, readPosted, readXml } from '../fixtures/saml/corpus';
import { changesOfBytes, changesOfText, changesOfTree, splices } from '../fixtures/saml/mutations';
import { complete, posted } from '../fixtures/saml/scene';

/** Signed in each way; the last is another person's. */
const SOURCES = [
  'signed-assertion.xml',
  'signed-response.xml',
  'signed-both.xml',
  'encrypted-aes256-gcm-signed-both.xml',
];
const PEOPLE = { pat: 'signed-both.xml', sam: 'another-person-signed-both.xml' };

const connection = corpusConnection();
const { valid } = readCorpus();

/** What may ever come of a message made from these files: what the provider signed, and nothing else. */
const signed = (files: readonly string[]) =>
  valid.filter(({ file }) => files.includes(file)).map(({ subject, attributes }) => ({ subject, attributes }));

const essence = ({ issuer, subject, attributes }: ExternalIdentity) => ({ issuer, subject, attributes });

/** Refused, or exactly one of the identities that were signed. Never thrown. */
async function refusedOrSigned(base64: string, files: readonly string[]): Promise<void> {
  const completion = await complete(connection, posted(base64));
  if ('refusal' in completion) return;
  const identities = signed(files).map((one) => ({ issuer: 'https://idp.example/saml', ...one }));
  expect(identities).toContainEqual(essence(completion.identity));
}

const encode = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');
const source = fc.constantFrom(...SOURCES);

describe('security 2: a mutation never yields another identity than the one signed', () => {
  test('of the text', async () => {
    await fc.assert(
      fc.asyncProperty(source, changesOfText, (file, change) =>
        refusedOrSigned(encode(change(readXml('valid', file))), [file]),
      ),
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('of its bytes, and of its base64', async () => {
    await fc.assert(
      fc.asyncProperty(source, changesOfBytes, fc.boolean(), (file, change, ofBase64) => {
        const base64 = readPosted('valid', file);
        const changed = ofBase64
          ? change(Buffer.from(base64)).toString('latin1')
          : change(Buffer.from(base64, 'base64')).toString('base64');
        return refusedOrSigned(changed, [file]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('of its tree: deleted, repeated, moved, wrapped, renamed', async () => {
    await fc.assert(
      fc.asyncProperty(source, fc.array(changesOfTree, { minLength: 1, maxLength: 3 }), (file, changes) => {
        const xml = changes.reduce((text, change) => change(text), readXml('valid', file));
        return refusedOrSigned(encode(xml), [file]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  test('of the messages of two people, put together', async () => {
    await fc.assert(
      fc.asyncProperty(splices, fc.boolean(), (splice, swap) => {
        const [one, other] = [PEOPLE.pat, PEOPLE.sam].map((file) => readXml('valid', file));
        const xml = swap ? splice(other ?? '', one ?? '') : splice(one ?? '', other ?? '');
        return refusedOrSigned(encode(xml), Object.values(PEOPLE));
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });
});

describe('security 4: the guard', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc
      .array(
        fc.constantFrom(
          '<',
          '>',
          '/',
          '&',
          ';',
          '"',
          "'",
          '!',
          '?',
          '-',
          '[',
          ']',
          '=',
          ' ',
          'a',
          ':',
          'xmlns',
          '&#',
          '<!--',
          ']]>',
          '<![CDATA[',
        ),
        { maxLength: 300 },
      )
      .map((parts) => encode(parts.join(''))),
  );

  test('never throws, whatever is posted', () => {
    const values = fc.oneof(garbage, fc.anything());
    fc.assert(
      fc.property(values, (SAMLResponse) => {
        const { checks, message } = guard({ ...posted(SAMLResponse), body: { SAMLResponse } });
        expect(checks.some(({ ok }) => !ok)).toBe(message === undefined);
      }),
      { numRuns: 1500 },
    );
  });

  test('what it lets through is read alike by the parser: as many elements, as deep', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<b/>',
      '<c x="y">',
      '</c>',
      "<d e='>'/>",
      'text',
      '&amp;',
      '&#65;',
      ' ',
      '\r\n',
      ']]>',
      '>',
      '<a x=" y"/>',
      '<b\n/>',
      '</a >',
    );
    let compared = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = `<r>${pieces.join('')}</r>`;
        if (scanXml(text, MESSAGE_LIMITS)) return;
        const root = parseXml(text);
        if (!root) return;
        compared++;
        const tags = [...text.matchAll(/<(\/?)[a-z](?:[^<>"']|"[^"]*"|'[^']*')*?(\/?)>/g)];
        expect(countOf(root)).toBe(tags.filter(([, isEnd]) => !isEnd).length);
        expect(depthOf(root)).toBe(depthByTags(tags));
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  const countOf = (element: Element): number =>
    1 + childElements(element).reduce((sum, child) => sum + countOf(child), 0);
  const depthOf = (element: Element): number => 1 + Math.max(0, ...childElements(element).map(depthOf));
  function depthByTags(tags: readonly RegExpExecArray[]): number {
    let depth = 0;
    let deepest = 0;
    for (const [, isEnd, isEmpty] of tags) {
      if (isEnd) depth--;
      else deepest = Math.max(deepest, ++depth);
      if (isEmpty) depth--;
    }
    return deepest;
  }
});
