import { OWNER_ROLES, type OwnerRole } from '../../../domain/portal-role';
import type { Translate } from '../../languages';
import type { FieldError } from '../../page-context';
import { problemsInWords, when } from '../../wording';
import type { PortalContext } from '../frame-model';

export interface OwnersPages {
  'portal/owners': { owners: readonly OwnerLine[]; newUrl: string };
  'portal/owner-new': OwnerNewModel;
  'portal/owner': OwnerModel;
}

/** Somebody who may come into the owners' portal. */
export interface OwnerLine {
  id: string;
  displayName: string | null;
  email: string;
  status: string;
  role: OwnerRole;
  lastSignInAt: Date | null;
  url: string;
  /** The one who is looking. */
  isSelf: boolean;
}

interface OwnerNewModel {
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
  listUrl: string;
  action: string;
  /** Mail leaves; without it the link is handed over. */
  hasMail: boolean;
}

interface OwnerModel {
  owner: OwnerLine;
  listUrl: string;
  action: string;
  /** Takes a POST: another link to choose a password. */
  linkAction: string;
  removeUrl: string;
  hasMail: boolean;
}

const TONES: Readonly<Record<string, string>> = { active: 'good', invited: 'info', suspended: 'warn' };

const nameOf = ({ displayName, email }: OwnerLine): string => displayName ?? email;

const statusBadge = (status: string, t: Translate): object => ({
  text: t(`portal.owners.status.${status}`),
  tone: TONES[status] ?? 'plain',
});

const roleCards = (value: string, t: Translate): object => ({
  ...{ name: 'role', legend: t('portal.owners.role'), value },
  options: OWNER_ROLES.map((role) => ({
    value: role,
    label: t(`portal.owners.roles.${role}`),
    text: t(`portal.owners.may.${role}`),
  })),
});

/** The list as a table. */
export function ownersView(model: OwnersPages['portal/owners'], { t, now, language }: PortalContext): object {
  const say = (part: string): string => t(`portal.owners.${part}`);
  return {
    actions: [{ label: say('invite'), href: model.newUrl, kind: 'primary', icon: 'user-plus' }],
    table: {
      label: say('title'),
      columns: [
        { label: say('name') },
        { label: say('role') },
        { label: say('state'), optional: true },
        { label: say('lastSignIn'), optional: true },
      ],
      rows: model.owners.map((owner) => ({
        id: owner.id,
        cells: [
          { avatar: nameOf(owner), text: nameOf(owner), url: owner.url, sub: owner.isSelf ? say('you') : owner.email },
          { text: say(`roles.${owner.role}`) },
          { badge: statusBadge(owner.status, t) },
          { text: owner.lastSignInAt ? when(owner.lastSignInAt, now, language, t) : say('never'), muted: true },
        ],
      })),
    },
  };
}

/** Whom to invite, and as what. */
export function ownerNewView(model: OwnerNewModel, { t }: PortalContext): object {
  const labels = { email: t('portal.owners.email'), name: t('portal.owners.name'), role: t('portal.owners.role') };
  return {
    ...model,
    ...problemsInWords(model.errors, labels, t),
    labels,
    how: model.hasMail ? 'mail' : 'link',
    roles: roleCards(model.values.role ?? 'owner', t),
    crumbs: [{ label: t('portal.owners.title'), url: model.listUrl }],
  };
}

/** One of them: what they may do, and how they get in. */
export function ownerView(model: OwnerModel, { t, now, language }: PortalContext): object {
  const { owner } = model;
  const last = owner.lastSignInAt ? when(owner.lastSignInAt, now, language, t) : t('portal.owners.never');
  return {
    ...model,
    title: nameOf(owner),
    crumbs: [{ label: t('portal.owners.title'), url: model.listUrl }],
    facts: [
      { label: t('portal.owners.email'), value: owner.email, badge: statusBadge(owner.status, t) },
      { label: t('portal.owners.lastSignIn'), value: last },
    ],
    roles: roleCards(owner.role, t),
    link: {
      action: model.linkAction,
      button: { label: t(`portal.owners.again.${model.hasMail ? 'mail' : 'link'}`), icon: 'send' },
    },
  };
}
