import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';

/** What every section of the settings is told. */
export interface SectionModel {
  base: string;
  mayChange: boolean;
  errors: readonly FieldError[];
}

export const SETTINGS = '/settings';
export const SECTIONS = ['', '/defaults', '/fields', '/branding', '/domains'] as const;
type Section = (typeof SECTIONS)[number];

/** What every section has: the tabs, where its form goes, and its problems in words. */
export function sectionOf(
  { base, mayChange, errors }: SectionModel,
  own: Section,
  labels: readonly string[],
  t: PortalContext['t'],
) {
  const named = Object.fromEntries(labels.map((name) => [name, t(`portal.settings.field.${name}`)]));
  // An entry of a list is told at the list.
  const ofFields = errors.map(({ field, code }) => ({ field: field.split('.', 1)[0] ?? field, code }));
  return {
    ...{ mayChange, labels: named, action: base + SETTINGS + own },
    text: t(`portal.settings.about.${nameOf(own)}`),
    ...problemsInWords(ofFields, named, t),
    tabs: {
      label: t('portal.settings.tabs'),
      tabs: SECTIONS.map((path) => ({
        label: t(`portal.settings.tab.${nameOf(path)}`),
        url: base + SETTINGS + path,
        current: path === own,
      })),
    },
  };
}

const nameOf = (section: Section): string => section.slice(1) || 'access';
