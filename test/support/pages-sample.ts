import { root } from '../../src/config';
import type { Request } from 'express';
import { frameOf } from '../../src/web/portal/frame';
import type { PortalFrame } from '../../src/web/portal/frame-model';
import type { Portal } from '../../src/web/portal/navigation';
import { createLanguages, type Language } from '../../src/web/languages';
import { WORD_MARK } from './images';
import { createPages, type ContextOf, type PageModels, type PageName } from '../../src/web/pages';

/** What every sample of a page is made with. */

const now = new Date('2026-11-12T09:14:00Z');
export const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
export const contacts = ['it@acme.example', 'dana.weber@acme.example'];

const acme = { name: 'Acme', color: '#0b5d4e', signInUrl: '/acme?choose=1' };
export const bright = { name: 'Ørsted & Søn', color: '#ffd400', signInUrl: '/orsted?choose=1' };
export const long = {
  name: 'Donaudampfschifffahrtsgesellschaft für Verkehrsinfrastruktur und Energieversorgung mbH & Co. KGaA',
  color: '#000000',
  signInUrl: '/donau?choose=1',
};
export const han = { name: '李氏物流有限公司', signInUrl: '/li?choose=1' };

export const logo = `data:image/webp;base64,${WORD_MARK.toString('base64')}`;

export interface Sample {
  id: string;
  /** Name of the page that it is one state of. */
  page: PageName;
  render(language: Language, theme?: 'light' | 'dark'): string;
}

const pages = createPages({ root, cacheTemplates: true });
export const languages = createLanguages({ root, secure: false });

/** One page with its model; told where it is, so that its language links show. */
export function sample<K extends PageName>(
  id: string,
  name: K,
  model: PageModels[K],
  context: Omit<ContextOf<K>, 't' | 'language' | 'now'>,
): Sample {
  return {
    id,
    page: name,
    render: (language, theme) => {
      const complete = { here: `/${id}`, now, ...(theme && { theme }), ...context, ...languages.in(language) };
      return pages.render(name, model, complete as unknown as ContextOf<K>);
    },
  };
}

const initech = { name: 'Initech', color: '#5b3fd6', signInUrl: '/initech?choose=1' };
export const inAcme = { organization: acme };
export const inInitech = { organization: initech };
/** A page of an organization's portal as an Organization admin sees it; `at` is its path below the portal. */
export const inPortal = (at = '') => ({ organization: acme, portal: portalFrame('organization', '/acme/admin', at) });
/** A page of the owners' portal. */
export const atOwners = (at = '') => ({
  organization: { name: 'Drawbridge', signInUrl: '/admin' },
  portal: portalFrame('owners', '/admin', at),
});

function portalFrame(portal: Portal, base: string, at: string): PortalFrame {
  const path = base + at;
  const req = { originalUrl: path, query: {} } as unknown as Request;
  const caller = { actor: { kind: 'account', id: '1' }, organizationId: null, scopes: ['*'] } as const;
  const slug = portal === 'owners' ? 'admin' : 'acme';
  return frameOf(
    req,
    portal,
    base,
    { caller, name: 'Dana Weber', email: 'dana.weber@acme.example', slug },
    { _csrf: 'sample' },
  );
}

export const inLong = { organization: long };
