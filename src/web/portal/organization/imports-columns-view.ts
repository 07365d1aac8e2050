import { COLUMN_NAMES } from '../../../sources/columns';
import type { FieldError } from '../../page-context';
import type { PortalContext } from '../frame-model';
import { fieldInWords } from './people-words';

/** The choice of a field of the organization's own, which has its name beside it. */
export const OWN = 'own';

export interface ColumnShown {
  header: string;
  samples: readonly string[];
  /** A field, `own`, or empty: left out. */
  means: string;
  /** Name of the organization's own field. */
  own: string;
}

export interface ImportColumnsModel {
  name: string;
  columns: readonly ColumnShown[];
  errors: readonly FieldError[];
  url: string;
}

/** The columns of a file with what stands in them, to say what each means. */
export function importColumnsView({ name, columns, errors, url }: ImportColumnsModel, { t }: PortalContext): object {
  const say = (part: string, values: Record<string, string> = {}): string =>
    t(`portal.imports.columns.${part}`, values);
  const options = [
    { value: '', label: say('none') },
    ...COLUMN_NAMES.map((field) => ({ value: field, label: fieldInWords(field, t) })),
    { value: OWN, label: say('own') },
  ];
  return {
    crumbs: [
      { label: t('portal.imports.title'), url: url.slice(0, url.lastIndexOf('/')) },
      { label: name, url },
    ],
    ...{ action: `${url}/columns`, cancelUrl: url },
    table: {
      ...{ label: say('title'), asCards: true },
      columns: [
        { label: say('header') },
        { label: say('samples') },
        { label: say('means') },
        { label: say('ownName') },
      ],
      rows: columns.map(({ header, samples, means, own }, index) => {
        const isWrong = errors.some(({ field }) => field === header);
        const form = { form: 'columns' };
        return {
          ...{ id: String(index), problem: isWrong },
          cells: [
            { text: header },
            { text: samples.join(' · '), muted: true },
            {
              part: 'row-field',
              props: {
                ...{ id: `means-${index}`, name: `means.${index}`, value: means, options, ...form },
                label: say('meansOf', { header }),
              },
            },
            {
              part: 'row-field',
              props: {
                ...{ id: `own-${index}`, name: `own.${index}`, value: own, label: say('ownOf', { header }), ...form },
                ...(isWrong && { reason: say('ownWrong') }),
              },
            },
          ],
        };
      }),
      empty: { icon: 'file', title: say('title') },
    },
  };
}
