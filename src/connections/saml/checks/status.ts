import { NS, STATUS_SUCCESS } from '../names';
import { attribute, children, type Element } from '../xml';
import type { DocumentFacts } from './facts';
import { isTrue, type Outcome } from './rule';

const codes = (parent: Element): string[] =>
  children(parent, NS.protocol, 'StatusCode').flatMap((code) => [attribute(code, 'Value') ?? 'none', ...codes(code)]);

/** The identity provider says that it signed the person in (Core 3.2.2.2). */
export function status({ survey }: DocumentFacts): Outcome {
  const received = children(survey.root, NS.protocol, 'Status').flatMap(codes);
  return isTrue(
    received.length === 1 && received[0] === STATUS_SUCCESS,
    STATUS_SUCCESS,
    received.join(' / ') || undefined,
  );
}
