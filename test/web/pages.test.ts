import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/config';
import { PASSWORD_ADVICE } from '../../src/connections/password/strength';
import { LINK_PURPOSES } from '../../src/domain/email-link';
import { ERRORS } from '../../src/domain/errors';
import { STANDARD_ATTRIBUTES } from '../../src/domain/attributes';
import { readCatalogue } from '../../src/language/catalogues';
import { createLanguages, LANGUAGE_CODES, type Language } from '../../src/web/languages';
import { LINK_ADVICE } from '../../src/web/link-over';
import { createPages, type PageContext, type PageModels } from '../../src/web/pages';
import { REFUSAL_PAGES } from '../../src/web/refusals';
import { browserInWords, FIELD_CODES, initials, when } from '../../src/web/wording';
import { samples } from '../support/pages-gallery';
import { inInitech } from '../support/pages-sample';

const VIEWS = join(root, 'views');
const catalogue = (code: Language): unknown => readCatalogue(join(VIEWS, 'locales'), code);
const messages = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, inner]) => messages(inner, path ? `${path}.${key}` : key));
const english = new Map(messages(catalogue('en')));
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

const languages = createLanguages({ root, secure: false });
const pages = createPages({ root, cacheTemplates: true });
const now = new Date('2026-11-12T09:14:00Z');
const context: PageContext = { ...languages.in('en'), now };

const templates = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.eta'))
  .map((name) => ({ name, source: readFileSync(join(VIEWS, name), 'utf8') }));

describe('catalogues', () => {
  test.each(LANGUAGE_CODES)('%s has every message, none empty', (code) => {
    const own = new Map(messages(catalogue(code)));
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
    expect([...own].filter(([, text]) => !text.trim())).toEqual([]);
  });

  test.each(LANGUAGE_CODES)('%s uses only values that English is given', (code) => {
    // A refusal is told organization, connection and person, whichever of them a language needs.
    const refusal = ['connection', 'organization', 'person'];
    const foreign = messages(catalogue(code)).filter(([key, text]) => {
      const given = new Set([...placeholders(english.get(key) ?? ''), ...(key.startsWith('refused.') ? refusal : [])]);
      return placeholders(text).some((name) => !given.has(name));
    });
    expect(foreign).toEqual([]);
  });

  test.each(LANGUAGE_CODES)('%s has words for every refusal and every attribute', (code) => {
    const own = new Map(messages(catalogue(code)));
    const needed = [
      ...Object.values(REFUSAL_PAGES).flatMap(({ words }) =>
        ['title', 'text', 'advice'].map((part) => `refused.${words}.${part}`),
      ),
      ...STANDARD_ATTRIBUTES.map((name) => `attributes.${name}`),
    ];
    expect(needed.filter((key) => !own.has(key))).toEqual([]);
  });

  test.each(LANGUAGE_CODES)('%s has words for every problem, piece of advice and link', (code) => {
    const own = new Map(messages(catalogue(code)));
    const parts = (...path: readonly string[]): string[] =>
      ['title', 'text', 'button'].map((part) => [...path, part].join('.'));
    const needed = [
      ...FIELD_CODES.flatMap((one) => ['summary', 'field'].map((part) => `form.problem.${one}.${part}`)),
      ...PASSWORD_ADVICE.map((one) => `password.advice.${one}`),
      ...LINK_ADVICE.map((one) => `link-over.advice.${one}`),
      ...LINK_PURPOSES.flatMap((purpose) => parts('link', purpose)),
      ...LINK_PURPOSES.filter((purpose) => purpose !== 'confirm_email').flatMap((one) => parts('choose-password', one)),
      ...['signup', 'forgot', 'confirm_email', 'link_again'].map((reason) => `check-email.text.${reason}`),
    ];
    expect(needed.filter((key) => !own.has(key))).toEqual([]);
    expect(
      [...own.keys()].filter((key) => /^(form\.problem|password\.advice)\./.test(key) && !needed.includes(key)),
    ).toEqual([]);
  });

  test('every message that a template or the code names exists', () => {
    const portal = readdirSync(join(root, 'src', 'web', 'portal'), { recursive: true, encoding: 'utf8' });
    const files = ['pages', 'page-views', 'link-over', 'refusals', 'wording']
      .map((name) => `${name}.ts`)
      .concat(portal.filter((name) => name.endsWith('.ts')).map((name) => join('portal', name)));
    const code = files.map((name) => readFileSync(join(root, 'src', 'web', name), 'utf8'));
    const used = [...templates.map(({ source }) => source), ...code].flatMap((source) =>
      [...source.matchAll(/\bt\('([\w.-]+[\w])'/g)].map((match) => match[1]!),
    );
    expect(used.length).toBeGreaterThan(50);
    expect([...new Set(used)].filter((key) => !english.has(key))).toEqual([]);
  });
});

describe('templates', () => {
  test.each(templates)('$name prints nothing raw but includes and the body', ({ source }) => {
    const raw = [...source.matchAll(/<%~\s*(\S+)/g)].map((match) => match[1]!);
    expect(raw.filter((start) => !start.startsWith('include(') && start !== 'it.body')).toEqual([]);
  });

  test.each(templates)('$name has no inline style, script or handler', ({ source }) => {
    expect(source).not.toMatch(/\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)/);
  });

  test('no text stands in a template', () => {
    const said = templates.flatMap(({ name, source }) =>
      [...source.replace(/<%[\s\S]*?%>/g, ' ').matchAll(/>([^<]*[A-Za-zÄÖÜäöü]{2,}[^<]*)</g)].map(
        (match) => `${name}: ${match[1]!.trim()}`,
      ),
    );
    expect(said).toEqual([]);
  });
});

describe('pages', () => {
  test.each(samples.flatMap(({ id, render }) => LANGUAGE_CODES.map((code) => ({ id, code, render }))))(
    '$id in $code says everything it should',
    ({ id, code, render }) => {
      const html = render(code);
      expect(html).toMatch(new RegExp(`^\\s*<!doctype html>\\s*<html lang="${code}" dir="ltr"`));
      expect(html).toMatch(/<title>[^<]{3,}<\/title>/);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html).not.toMatch(/undefined|\[object |\{\{|NaN|[\uE000\uE001]|&amp;amp;|&amp;#/);
      // An untranslated key shows as itself. The ledger's own codes look like keys.
      const shown = id === 'portal-ledger' ? html.replace(/<bdi>[a-z_]+\.[a-z_]+<\/bdi>/g, '') : html;
      expect(shown).not.toMatch(
        />\s*(?:layout|discover|form|sign-in|signup|signed-out|posting|account|password|check-email|forgot|link|link-over|choose-password|change-password|change-email|refused|api|attributes|time|portal|resume)\.[a-z]/,
      );
    },
  );

  test('whatever people are called, it stays text', () => {
    const nasty = `"><script>alert('1')</script>&amp;`;
    const organization = { name: nasty, color: '"onload=x', signInUrl: '/x?a=1&b="' };
    const html =
      pages.render(
        'sign-in',
        { connections: [{ name: nasty, url: '/x' }], contacts: [nasty] },
        { ...context, organization, here: `/x?q=${nasty}` },
      ) +
      pages.render(
        'refused',
        { code: 'account_suspended', email: nasty, connection: nasty, attempt: nasty, contacts: [nasty] },
        { ...context, organization },
      );
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('brand/');
    expect(html).toContain('&lt;script&gt;');
  });

  describe('passwords and links', () => {
    const nasty = `"><script>alert('1')</script>&amp;'`;
    const of = { ...context, organization: { name: nasty, color: '"onload=x', signInUrl: `/x?a=${nasty}` } };
    const weak = {
      errors: ['name', 'current', 'password', 'email', nasty].flatMap((field) =>
        ['required', nasty].map((code) => ({ field, code })),
      ),
      advice: PASSWORD_ADVICE,
    };
    const own = { action: nasty, csrf: { [nasty]: nasty }, accountUrl: nasty };
    const models: Partial<PageModels> = {
      'sign-in': {
        connections: [{ name: nasty, url: nasty }],
        password: {
          action: nasty,
          hidden: { [nasty]: nasty },
          forgotUrl: nasty,
          login: nasty,
          error: 'invalid_credentials',
        },
        passwordUrl: nasty,
        signupUrl: nasty,
        contacts: [nasty],
      },
      signup: {
        action: nasty,
        values: { givenName: nasty, familyName: nasty, email: nasty },
        errors: weak.errors,
        domains: [nasty, nasty],
      },
      'check-email': { reason: 'signup', email: nasty, inboxUrl: nasty, accountUrl: nasty },
      forgot: { action: nasty, email: nasty, error: 'invalid_email' },
      link: { purpose: 'confirm_signup', action: nasty, email: nasty },
      'choose-password': { purpose: 'first_owner', action: nasty, name: nasty, email: nasty, ...weak },
      'link-over': { why: 'revoked', againAction: nasty, signupUrl: nasty, forgotUrl: nasty, contacts: [nasty] },
      'change-password': { ...own, username: nasty, ...weak },
      'change-email': { ...own, asksPassword: true, current: nasty, value: nasty, errors: weak.errors },
    };
    const names = Object.keys(models) as (keyof PageModels)[];
    const render = (name: keyof PageModels): string => pages.render(name, models[name] as never, of as never);

    test.each(names)('%s: whatever it is given stays text', (name) => {
      const html = render(name);
      expect(html).not.toContain('<script>alert');
      expect(html).toContain('&lt;script&gt;alert(');
      expect(html).not.toContain('brand/');
    });

    test('no password ever stands in a page', () => {
      const inputs = [...names.map(render), ...samples.map((sample) => sample.render('en'))].flatMap((html) => [
        ...html.matchAll(/<input[^>]*type="password"[^>]*>/g),
      ]);
      expect(inputs.length).toBeGreaterThan(10);
      expect(inputs.filter(([input]) => !input.includes(' value=""'))).toEqual([]);
    });

    test('a wrong password and an unknown address are answered alike, and what was typed is kept', () => {
      const form = { action: '/login', hidden: {}, forgotUrl: '/forgot', login: 'peter"' };
      const wrong = { connections: [], password: { ...form, error: 'invalid_credentials' } } as const;
      const html = pages.render('sign-in', wrong, { ...context, organization: of.organization });
      expect(html).toContain('<title>Error: ');
      expect(html).toContain('value="peter&quot;"');
      expect(html).toContain('The e-mail address or username and the password do not fit together.');
      expect(html.match(/aria-invalid="true" aria-describedby="problem"/g)).toHaveLength(2);
      expect(html).toContain('id="problem"');
    });

    test.each(['invalid_email', 'something_new'])('the problem %s is said on top and beside its field', (code) => {
      const model = { action: '/x', values: {}, domains: [], errors: [{ field: 'email', code }] };
      const html = pages.render('signup', model, { ...context, organization: of.organization });
      expect(html).toMatch(/<a href="#email">Work e-mail: this (is not an e-mail address|cannot be used)\./);
      expect(html).toMatch(/id="email-error"/);
      expect(html).toMatch(/aria-invalid="true" aria-describedby="email-error"/);
    });

    test.each(['expired', 'used', 'replaced', 'revoked', 'unknown', 'elsewhere'] as const)(
      'a link that is %s says why and leads on, for every purpose',
      (why) => {
        for (const purpose of [...LINK_PURPOSES, undefined]) {
          const { organization } = inInitech;
          const html = pages.render(
            'link-over',
            { why, purpose, signupUrl: '/signup', forgotUrl: '/forgot' },
            { ...context, organization },
          );
          expect(html).toContain(`href="${organization.signInUrl}"`);
          expect(html.match(/class="btn primary/g)).toHaveLength(1);
          const isFor = (...purposes: readonly unknown[]) =>
            why !== 'elsewhere' && [...purposes, undefined].includes(purpose);
          expect(html.includes('href="/forgot"')).toBe(isFor('set_password', 'reset_password'));
          expect(html.includes('href="/signup"')).toBe(isFor('confirm_signup'));
        }
        const again = pages.render('link-over', { why, againAction: '/again' }, { ...context, ...inInitech });
        expect(again).toContain('<form method="post" action="/again">');
      },
    );

    test('each reason why a link does not count has its own title', () => {
      const reasons = ['expired', 'used', 'replaced', 'revoked', 'unknown', 'elsewhere'] as const;
      const titles = reasons.map(
        (why) => /<h1>([^<]+)/.exec(pages.render('link-over', { why }, { ...context, ...inInitech }))?.[1],
      );
      expect(new Set(titles).size).toBe(reasons.length);
    });

    test.each(['self_signup_forbidden', 'password_not_permitted'] as const)('%s leads to the provider', (code) => {
      const html = pages.render(
        'refused',
        { code, connection: 'Okta', tryAgainUrl: '/acme/sso/1' },
        { ...context, organization: { name: 'Acme', signInUrl: '/acme?choose=1' } },
      );
      expect(html).toContain('Your organization signs in with Okta');
      expect(html).toMatch(/<a class="btn primary wide" href="\/acme\/sso\/1">\s*<span>Continue with Okta</);
    });
  });

  test('an unknown organization and a known one without account get the same answer on the first page', () => {
    expect(pages.render('discover', { value: 'a@b.example', error: 'unknown' }, context)).not.toMatch(/account/i);
  });

  test('a seat refusal names organization, provider, address, attempt and whom to tell', () => {
    const html = pages.render(
      'refused',
      {
        code: 'licence_seats_exhausted',
        connection: 'Okta',
        email: 'maria@acme.example',
        attempt: '7F3K-92QD',
        contacts: ['it@acme.example'],
      },
      { ...context, organization: { name: 'Acme', signInUrl: '/acme' }, requestId: 'r-1' },
    );
    for (const expected of [
      'Okta let you in, but Acme has no seat left',
      '<b>maria@acme.example</b>',
      '<b>7F3K-92QD</b>',
      'href="mailto:it@acme.example?subject=Signing%20in%20to%20Acme',
      'Tell my IT admin',
      'r-1',
    ])
      expect(html).toContain(expected);
  });

  test('language links keep the query and are absent where the page cannot be fetched again', () => {
    const organization = { name: 'Acme', signInUrl: '/acme' };
    const model = { connections: [] };
    expect(pages.render('sign-in', model, { ...context, organization, here: '/acme?choose=1' })).toContain(
      'href="/acme?choose=1&amp;lang=de"',
    );
    for (const here of [undefined, '', '//', '//evil.example/x', '/\\evil.example', 'http://evil.example/', '*'])
      expect(pages.render('sign-in', model, { ...context, organization, here })).not.toContain('lang=de');
  });
});

describe('wording', () => {
  test.each([
    ['Acme', 1, 'A'],
    ['María Suárez', 2, 'MS'],
    ['Łukasz', 2, 'Ł'],
    ['Pat van der O’Leary', 2, 'PO'],
    ['李 明', 2, '李'],
    ['(élan) Söhne', 1, 'É'],
    ['', 2, ''],
    ['🙂 !', 2, ''],
  ] as const)('initials of %j', (name, most, expected) => {
    expect(initials(name, most)).toBe(expected);
  });

  test.each([
    [0, 'just now', 'gerade eben'],
    [4, '4 minutes ago', 'vor 4 Minuten'],
    [180, '3 hours ago', 'vor 3 Stunden'],
    [1440, 'yesterday', 'gestern'],
    [10 * 1440, '2 Nov 2026', '02.11.2026'],
  ])('%i minutes ago', (minutes, inEnglish, inGerman) => {
    const date = new Date(now.getTime() - minutes * 60_000);
    expect(when(date, now, 'en', languages.in('en').t)).toBe(inEnglish);
    expect(when(date, now, 'de', languages.in('de').t)).toBe(inGerman);
  });

  test.each([
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on Mac',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8', 'Unknown browser'],
    [undefined, 'Unknown browser'],
  ])('%j in words', (userAgent, expected) => {
    expect(browserInWords(userAgent, languages.in('en').t).title).toBe(expected);
  });
});

test('every error code has a page', () => {
  expect(Object.keys(REFUSAL_PAGES).sort()).toEqual(Object.keys(ERRORS).sort());
});
