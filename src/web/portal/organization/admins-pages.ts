import { ORGANIZATION_ROLES } from '../../../domain/portal-role';
import type { PortalAdmin } from '../../../management/admins';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';

export interface AdminsPages {
  'portal/admins': AdminsModel;
  'portal/admin-add': AddModel;
  'portal/admin': AdminModel;
}

interface AdminsModel {
  admins: readonly (PortalAdmin & { url?: string })[];
  addUrl?: string;
  /** Who gets in when the identity provider fails; absent where nobody signs in by one. */
  wayIn?: { names: readonly string[] };
}

interface AddModel {
  q: string;
  action: string;
  listUrl: string;
  found: readonly { id: string; name: string; email: string; url: string }[];
}

interface AdminModel {
  name: string;
  email: string;
  roles: readonly string[];
  /** Takes a POST of all the `roles`. */
  action: string;
  listUrl: string;
  removeUrl?: string;
  /** Of an Organization admin: their way in when the identity provider fails. */
  emergency?: { isSetUp: boolean; url: string };
}

/** Who may do what in this portal. */
export function adminsView({ admins, addUrl, wayIn }: AdminsModel, context: PortalContext): object {
  const { t, language, now } = context;
  const say = (part: string): string => t(`portal.admins.${part}`);
  const actions = addUrl ? [{ label: say('add'), href: addUrl, kind: 'primary', icon: 'plus' }] : [];
  return {
    actions,
    wayIn: wayIn && wayInBanner(wayIn.names, context),
    table: {
      label: t('portal.shell.nav.admins'),
      columns: [{ label: say('person') }, { label: say('roles') }, { label: say('lastSignIn'), optional: true }],
      rows: admins.map(({ id, displayName, email, roles, breakGlass, lastSignInAt, url }) => ({
        id,
        cells: [
          { text: displayName ?? email, sub: email, avatar: displayName ?? email, url },
          {
            text: roles.map((role) => say(`role.${role}.name`)).join(', '),
            ...(breakGlass && { sub: say('emergency.name') }),
          },
          { text: lastSignInAt ? when(lastSignInAt, now, language, t) : say('never'), muted: true },
        ],
      })),
      empty: { icon: 'shield-user', title: say('none'), text: say('noneText'), actions },
    },
  };
}

function wayInBanner(names: readonly string[], { t, language }: PortalContext): object {
  const listed = new Intl.ListFormat(language).format(names);
  const say = (part: string): string => t(`portal.admins.emergency.${part}`, { names: listed });
  return names.length
    ? { tone: 'info', title: say('name'), text: say('some') }
    : { tone: 'warn', title: say('noneTitle'), text: say('none') };
}

/** Accounts that may be meant. */
export function adminAddView({ q, action, listUrl, found }: AddModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.admins.${part}`);
  return {
    crumbs: [{ label: t('portal.shell.nav.admins'), url: listUrl }],
    search: { action, value: q, label: say('search'), placeholder: say('search') },
    isSearched: q !== '',
    items: found.map(({ name, email, url }) => ({
      ...{ icon: 'user', title: name, sub: email },
      link: { label: say('choose'), spoken: t('portal.admins.chooseNamed', { name }), href: url, compact: true },
    })),
  };
}

/** The roles of one, each with what it may do. */
export function adminView(model: AdminModel, { t }: PortalContext): object {
  return {
    ...model,
    emergency: model.emergency && emergencyOf(model.emergency, t),
    crumbs: [{ label: t('portal.shell.nav.admins'), url: model.listUrl }],
    choices: ORGANIZATION_ROLES.map((role) => ({
      ...{ name: 'roles', id: `role-${role}`, value: role, checked: model.roles.includes(role) },
      ...{ label: t(`portal.admins.role.${role}.name`), help: t(`portal.admins.role.${role}.text`) },
    })),
  };
}

function emergencyOf(
  { isSetUp, url }: NonNullable<AdminModel['emergency']>,
  t: PortalContext['t'],
): { text: string; link: object } {
  const which = isSetUp ? 'withdraw' : 'setUp';
  return {
    text: t(`portal.admins.emergency.${isSetUp ? 'has' : 'hasNot'}`),
    link: { label: t(`portal.admins.emergency.${which}.button`), href: url, danger: isSetUp },
  };
}
