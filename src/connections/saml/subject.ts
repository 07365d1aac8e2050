import type { AssertionFacts } from './message';
import type { SamlSettings } from './settings';

/** Every value that could be the stable subject; a rule sees to it that there is one. */
export const subjectValues = (
  { nameIds, attributes }: AssertionFacts,
  from: SamlSettings['subjectFrom'],
): readonly string[] =>
  from === 'nameId'
    ? nameIds.map(({ value }) => value)
    : (Object.entries(attributes).find(([name]) => name === from.attribute)?.[1] ?? []);
