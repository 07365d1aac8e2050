import type { ImportView } from '../../../management/import-view';
import type { PortalContext } from '../frame-model';
import { counted, type Words } from './imports-words';

/** What an import would do to more people than it may without a second word, a sentence each. */
export function brakeSentences({ brake, counts }: ImportView, words: Words): string[] {
  const all = new Intl.NumberFormat(words.language).format(brake?.liveAccounts ?? 0);
  return (brake?.reasons ?? []).map((reason) => counted(`brake.${reason}`, counts[reason], words, { all }));
}

/** Says before anybody presses a button that there will be a question. */
export function brakeBanner(run: ImportView, context: PortalContext): object[] {
  const sentences = brakeSentences(run, context);
  if (!sentences.length) return [];
  const text = [...sentences, context.t('portal.imports.brake.asked')].join(' ');
  return [{ tone: 'warn', title: context.t('portal.imports.brake.title'), text }];
}
