import type { ImportView } from '../../../management/import-view';
import type { Translate } from '../../languages';
import type { PortalContext } from '../frame-model';

/** What an import would do to more people than it may without a second word, a sentence each. */
export function brakeSentences({ brake, counts }: ImportView, number: (count: number) => string, t: Translate) {
  const all = number(brake?.liveAccounts ?? 0);
  return (brake?.reasons ?? []).map((reason) =>
    t(`portal.imports.brake.${reason}`, { count: counts[reason], number: number(counts[reason]), all }),
  );
}

/** Says before anybody presses a button that there will be a question. */
export function brakeBanner(run: ImportView, number: (count: number) => string, { t }: PortalContext): object[] {
  const sentences = brakeSentences(run, number, t);
  if (!sentences.length) return [];
  const text = [...sentences, t('portal.imports.brake.asked')].join(' ');
  return [{ tone: 'warn', title: t('portal.imports.brake.title'), text }];
}
