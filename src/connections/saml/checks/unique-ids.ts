import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** No two elements share an ID, or a reference could mean either. */
export const uniqueIds = ({ survey }: DocumentFacts): Outcome =>
  isTrue(survey.repeatedId === undefined, 'each ID once', survey.repeatedId);
