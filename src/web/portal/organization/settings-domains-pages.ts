import type { DomainView } from '../../../management/domains';
import type { PortalContext } from '../frame-model';
import { sectionOf, type SectionModel } from './settings-tabs';

/** A domain whose record is not there yet. */
export interface CheckedDomain {
  id: string;
  /** The texts that stand there instead; undefined when the DNS did not answer. */
  found?: readonly string[];
}

export interface DomainsPages {
  'portal/settings-domains': DomainsModel;
}

interface DomainsModel extends SectionModel {
  domains: readonly DomainView[];
  checked?: CheckedDomain;
  typed: string;
  mayVouch: boolean;
}

/** Every domain with the record that proves it. */
export function domainsView(model: DomainsModel, { t }: PortalContext): object {
  const { base, domains, typed, mayVouch, checked } = model;
  return {
    ...sectionOf(model, '/domains', ['domain'], t),
    ...{ typed, mayVouch },
    domains: domains.map(({ id, domain, verified, verifiedBy, dns }) => ({
      ...{ id, domain, verified, dns },
      badge: {
        text: t(`portal.settings.domain.${verified ? (verifiedBy ?? 'vouched') : 'open'}`),
        tone: verified ? 'good' : 'warn',
      },
      ...(checked?.id === id && { result: { ...resultOf(checked, dns.name, t), found: shortened(checked.found) } }),
      verifyUrl: `${base}/settings/domains/${id}/verify`,
      removeUrl: `${base}/settings/domains/${id}/remove`,
    })),
  };
}

/** A few of them: a name may hold anything of anybody's. */
const shortened = (found: readonly string[] = []): readonly string[] =>
  found.slice(0, 5).map((text) => (text.length > 120 ? `${text.slice(0, 120)}…` : text));

function resultOf({ found }: CheckedDomain, record: string, t: PortalContext['t']) {
  const what = found ? (found.length ? 'other' : 'nothing') : 'silent';
  return {
    tone: 'warn',
    title: t(`portal.settings.checked.${what}.title`),
    text: t(`portal.settings.checked.${what}.text`, { record }),
  };
}
