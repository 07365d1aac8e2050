import type { AccountStatus } from '../../../domain/account';
import type { AccountProvenance, FieldProvenance, GroupProvenance } from '../../../management/provenance';
import { when } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fieldInWords, sourceInWords } from './people-words';
import type { UserModel } from './user-model';

/** What is known of the person and who says so, what they have and why, and what can be done. */
export function profileView(model: UserModel, profile: AccountProvenance, context: PortalContext): object {
  const { t, now, language } = context;
  const { account } = model;
  const say = (part: string): string => t(`portal.user.${part}`);
  const at = (date: Date | null): string => (date ? when(date, now, language, t) : t('portal.users.never'));
  return {
    facts: [
      { label: t('portal.users.cameInBy'), value: `${sourceInWords(account.source, t)}, ${at(account.createdAt)}` },
      { label: t('portal.users.lastSignIn'), value: at(account.lastSignInAt) },
      ...(account.accessUntil
        ? [{ label: fieldInWords('accessUntil', t), value: account.accessUntil.toISOString().slice(0, 10) }]
        : []),
      { label: fieldInWords('adminManaged', t), value: account.adminManaged ? say('yes') : say('no') },
    ],
    fields: fieldsTable([...profile.attributes, ...profile.access], context),
    groups: groupsTable(profile.groups, context),
    ...(model.mayChange && { acts: actsOf(model, say) }),
  };
}

function fieldsTable(fields: readonly FieldProvenance[], { t, now, language }: PortalContext): object {
  const say = (part: string): string => t(`portal.user.${part}`);
  const userType = (field: string, value: string | null): string =>
    field === 'userType' && value ? t(`portal.users.userType.${value}`) : (value ?? say('empty'));
  return {
    label: say('profile'),
    columns: [{ label: say('field') }, { label: say('value') }, { label: say('whoSays') }, { label: say('others') }],
    rows: fields.map(({ field, value, because, source, saidAt, others }) => ({
      id: field,
      cells: [
        { text: fieldInWords(field, t), muted: true },
        { text: userType(field, value) },
        {
          text: because === 'source' && source ? source.name : say(`because.${because}`),
          ...(saidAt && because === 'source' && { sub: when(saidAt, now, language, t) }),
        },
        {
          muted: true,
          text: others.map((other) => `${other.source.name}: ${userType(field, other.value)}`).join('; '),
        },
      ],
    })),
    empty: { icon: 'user', title: say('nothingKnown') },
  };
}

function groupsTable(groups: readonly GroupProvenance[], { t, now, language }: PortalContext): object {
  return {
    label: t('portal.users.groups'),
    columns: [{ label: t('portal.users.group') }, { label: t('portal.user.why') }],
    rows: groups.map(({ id, name, because }) => ({
      id,
      cells: [
        { text: name },
        {
          text: because
            .map(({ why, source, since }) =>
              t(`portal.user.groupBecause.${why}`, { source: source.name, when: when(since, now, language, t) }),
            )
            .join('; '),
          muted: true,
        },
      ],
    })),
    empty: { icon: 'group', title: t('portal.user.noGroups') },
  };
}

const MAY: Readonly<Record<string, readonly AccountStatus[]>> = {
  'send-link': ['invited', 'unconfirmed', 'active'],
  suspend: ['invited', 'active'],
  reactivate: ['suspended', 'deactivated'],
  deactivate: ['invited', 'active', 'suspended'],
};
const HARMLESS = ['send-link', 'password', 'reactivate', 'merge', 'data'];
const GRAVE = ['suspend', 'deactivate', 'delete', 'erase'];

function actsOf({ account, url }: UserModel, say: (part: string) => string): object {
  const button = (act: string) => ({ label: say(`act.${act}.button`), href: `${url}/${act}` });
  const fits = (act: string): boolean =>
    (MAY[act]?.includes(account.status) ?? true) && !(act === 'send-link' && account.adminManaged);
  return {
    harmless: HARMLESS.filter(fits).map(button),
    grave: GRAVE.filter(fits).map((act) => ({ ...button(act), danger: true })),
  };
}
