import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

/** What two parsers could read differently is read by none (Namespaces in XML 1.0, 3). */
export const namespaces = ({ survey }: DocumentFacts): Outcome =>
  isTrue(survey.forbiddenBinding === undefined, 'prefixes bound as they may be', survey.forbiddenBinding);
