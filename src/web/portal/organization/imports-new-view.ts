import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';
import { fileProblemInWords } from './imports-words';

/** What the form holds beside the file, as text. */
export type NewImportValues = Readonly<Record<'mode' | 'namesEveryone' | 'sendInvitations' | 'inviteAt', string>>;

export interface NewImportModel {
  values: NewImportValues;
  errors: readonly FieldError[];
  offersInvitations: boolean;
  /** Of the list. */
  url: string;
}

/** A file, and what is to be done with the people in it. */
export function newImportView(
  { values, errors, offersInvitations, url }: NewImportModel,
  { t }: PortalContext,
): object {
  const say = (part: string): string => t(`portal.imports.${part}`);
  const file = errors.find(({ field }) => field === 'file');
  const fileError = file && fileProblemInWords(file.code, say('file.other'), t);
  const labels = { inviteAt: say('invite.when'), sendInvitations: say('invite.label') };
  const { problems, beside } = problemsInWords(
    errors.filter((error) => error !== file),
    labels,
    t,
  );
  const check = (name: 'namesEveryone' | 'sendInvitations', words: string) => ({
    ...{
      name,
      label: say(`${words}.label`),
      help: say(`${words}.text`),
      asSwitch: true,
      checked: values[name] === 'on',
    },
  });
  return {
    crumbs: [{ label: say('title'), url }],
    action: `${url}/new`,
    cancelUrl: url,
    problems: fileError ? [{ field: 'file', text: fileError }, ...problems] : problems,
    drop: {
      ...{ name: 'file', label: say('drop'), help: say('dropHelp'), error: fileError },
      accept: '.csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    },
    templates: ['csv', 'xlsx'].map((format) => ({
      ...{ label: say(`template.${format}`), href: `${url}/template?format=${format}` },
      ...{ icon: 'download', compact: true },
    })),
    mode: {
      ...{ name: 'mode', legend: say('mode.legend'), value: values.mode },
      options: ['accounts', 'catalog'].map((value) => ({
        ...{ value, label: say(`mode.${value}.name`), text: say(`mode.${value}.text`) },
      })),
    },
    everyone: check('namesEveryone', 'everyone'),
    ...(offersInvitations && {
      invite: check('sendInvitations', 'invite'),
      when: {
        ...{ name: 'inviteAt', label: labels.inviteAt, help: say('invite.whenHelp'), type: 'datetime-local' },
        ...{ value: values.inviteAt, error: beside.inviteAt },
      },
    }),
  };
}
