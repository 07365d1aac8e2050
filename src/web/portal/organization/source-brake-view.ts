import type { Brake } from '../../../domain/run';
import type { FieldError } from '../../page-context';
import { problemsInWords } from '../../wording';
import type { PortalContext } from '../frame-model';

/** What is looked at before a run is let through. */
export const BRAKES = ['leave', 'update'] as const satisfies readonly (keyof Brake)[];
type Part = `${(typeof BRAKES)[number]}.${'on' | 'share' | 'number'}`;
export type BrakeValues = Readonly<Record<Part, string>>;

export interface SourceModel {
  name: string;
  values: BrakeValues;
  errors: readonly FieldError[];
  url: string;
  mayChange: boolean;
}

export const valuesOf = (brake: Brake): BrakeValues =>
  Object.fromEntries(
    BRAKES.flatMap((kind) => {
      const limit = brake[kind];
      const share = limit ? String(Number((limit.share * 100).toFixed(2))) : '';
      return [
        [`${kind}.on`, limit ? 'on' : ''],
        [`${kind}.share`, share],
        [`${kind}.number`, limit ? String(limit.number) : ''],
      ];
    }),
  ) as BrakeValues;

/** The limits of a source in words: 'More than 10 % and 10 people'. */
export function limitInWords(limit: Brake['leave'], { t, language }: PortalContext): string {
  if (!limit) return t('portal.connections.brake.never');
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(limit.share);
  const number = new Intl.NumberFormat(language).format(limit.number);
  return t('portal.connections.brake.moreThan', { share, number });
}

/** From when on an import, or whatever else a source brings in bulk, stops and asks. */
export function sourceView({ name, values, errors, url, mayChange }: SourceModel, { t }: PortalContext): object {
  const say = (part: string): string => t(`portal.connections.brake.${part}`);
  const named = errors.map(({ field, code }) => ({ field: field.replace(/^brake\./, ''), code }));
  const labels = Object.fromEntries(
    BRAKES.flatMap((kind) => (['share', 'number'] as const).map((part) => [`${kind}.${part}`, say(part)])),
  );
  const { problems, beside } = problemsInWords(named, labels, t);
  const field = (kind: (typeof BRAKES)[number], part: 'share' | 'number') => ({
    ...{ name: `${kind}.${part}`, label: say(part), inputmode: 'decimal' },
    ...{ value: values[`${kind}.${part}`], error: beside[`${kind}.${part}`] },
  });
  return {
    ...{ name, problems, action: url, mayChange },
    crumbs: [{ label: t('portal.shell.nav.sources'), url: url.slice(0, url.lastIndexOf('/')) }],
    limits: BRAKES.map((kind) => ({
      check: {
        ...{ name: `${kind}.on`, label: say(`${kind}.label`), help: say(`${kind}.text`) },
        ...{ checked: values[`${kind}.on`] === 'on', asSwitch: true },
      },
      fields: [field(kind, 'share'), field(kind, 'number')],
    })),
  };
}
