import type { FieldError } from '../../page-context';
import type { PortalContext } from '../frame-model';
import { problemsInWords } from '../../wording';

export type DirectoryName = 'groups' | 'permissionProfiles' | 'licences';

/** A group, permission profile or licence as a list shows it. */
export interface DirectoryLine {
  id: string;
  name: string;
  description?: string | null;
  seats?: number | null;
  used?: number;
  free?: number | null;
  url?: string;
}

export interface DirectoryPages {
  'portal/directory': DirectoryModel;
  'portal/directory-entry': DirectoryEntryModel;
}

interface DirectoryModel {
  name: DirectoryName;
  entries: readonly DirectoryLine[];
  /** Where who may creates another. */
  newUrl?: string;
}

export interface DirectoryEntryModel {
  name: DirectoryName;
  /** Of one that exists. */
  title?: string;
  /** Takes a POST. */
  action: string;
  listUrl: string;
  deleteUrl?: string;
  mayChange: boolean;
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}

/** The list as a table. */
export function directoryView({ name, entries, newUrl }: DirectoryModel, { t, language }: PortalContext): object {
  const say = (part: string): string => t(`portal.directory.${part}`);
  const own = (part: string): string => say(`${name}.${part}`);
  const number = new Intl.NumberFormat(language);
  const seats = ({ seats: most }: DirectoryLine): string => (most == null ? say('unlimited') : number.format(most));
  const isLicence = name === 'licences';
  return {
    title: own('title'),
    text: own('text'),
    actions: newUrl ? [{ label: own('new'), href: newUrl, kind: 'primary', icon: 'plus' }] : [],
    table: {
      label: own('title'),
      columns: [
        { label: say('name') },
        ...(isLicence
          ? ['used', 'free', 'seats'].map((key) => ({ label: say(key), numeric: true, optional: key === 'free' }))
          : [{ label: say('description'), optional: true }]),
      ],
      rows: entries.map((entry) => ({
        id: entry.id,
        cells: [
          { text: entry.name, url: entry.url },
          ...(isLicence
            ? [
                { text: number.format(entry.used ?? 0) },
                { text: entry.free == null ? '' : number.format(entry.free) },
                { text: seats(entry) },
              ]
            : [{ text: entry.description ?? '', muted: true }]),
        ],
      })),
      empty: {
        icon: isLicence ? 'ticket' : name === 'groups' ? 'group' : 'shield',
        title: own('empty'),
        text: own('emptyText'),
        actions: newUrl ? [{ label: own('new'), href: newUrl, kind: 'primary', icon: 'plus' }] : [],
      },
    },
  };
}

/** The form of one, with its problems in words. */
export function directoryEntryView(model: DirectoryEntryModel, { t }: PortalContext): object {
  const labels = {
    name: t('portal.directory.name'),
    description: t('portal.directory.description'),
    seats: t('portal.directory.seats'),
  };
  const own = `portal.directory.${model.name}`;
  return {
    ...model,
    ...problemsInWords(model.errors, labels, t),
    labels,
    title: model.title ?? t(`${own}.new`),
    crumbs: [{ label: t(`${own}.title`), url: model.listUrl }],
    hasSeats: model.name === 'licences',
  };
}
