import type { ForeseenGiving } from '../../../management/give-accounts';
import type { PortalContext } from '../frame-model';
import type { Choice, PersonChoices } from './person-fields';
import { fieldInWords } from './people-words';

export interface GiveAccountPages {
  'portal/catalog-give': GiveModel;
}

interface GiveModel extends ForeseenGiving {
  choices: PersonChoices;
  /** People have passwords here, and can be sent a link to set one. */
  mayInvite: boolean;
  /** Who is meant, for the form that starts it. */
  hidden: Readonly<Record<string, string>>;
  startUrl: string;
  catalogUrl: string;
  newUsersUrl: string;
  settingsUrl: string;
}

/** Names how many it is about, and who of them will get none, before anything is done. */
export function giveAccountsView(model: GiveModel, { t, language }: PortalContext): object {
  const { count, withoutEmail, withAccount, choices, mayInvite, catalogUrl } = model;
  const number = (value: number): string => new Intl.NumberFormat(language).format(value);
  const say = (part: string, some = count): string =>
    t(`portal.catalog.give.${part}`, { count: some, number: number(some), total: number(count) });
  const choice = (name: 'permissionProfile' | 'licence', from: readonly Choice[]) => ({
    part: 'select',
    props: {
      ...{ name, label: fieldInWords(name, t), value: '' },
      options: [
        { value: '', label: t('portal.users.form.byPolicy') },
        ...from.map(({ id, name: label }) => ({ value: id, label })),
      ],
    },
  });
  return {
    ...model,
    title: count ? say('ask') : t('portal.users.bulk.nobody'),
    crumbs: [{ label: t('portal.catalog.title'), url: catalogUrl }],
    text: say('text'),
    button: t('portal.users.bulk.give_account.button'),
    warnings: [
      ...(withAccount ? [{ text: say('withAccount', withAccount), tone: 'info' }] : []),
      ...(withoutEmail ? [{ text: say('withoutEmail', withoutEmail), tone: 'warn' }] : []),
    ],
    controls: [
      {
        part: 'checkboxes',
        props: {
          ...{ name: 'groups', label: t('portal.users.groups'), help: say('groupsHelp') },
          options: choices.groups.map(({ id, name }) => ({ value: id, label: name })),
        },
      },
      choice('permissionProfile', choices.permissionProfiles),
      choice('licence', choices.licences),
      ...(mayInvite
        ? [
            {
              part: 'checkbox',
              props: {
                ...{ name: 'sendInvitations', label: say('invite'), help: say('inviteHelp'), asSwitch: true },
              },
            },
          ]
        : []),
    ],
  };
}
