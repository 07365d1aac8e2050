import type { ConnectionContext } from '../../connection';
import type { LogoutKind, LogoutMessage } from '../logout/message';
import type { SamlSettings } from '../settings';
import type { Survey } from '../survey';

/** A message in a query, before its signature: each parameter's values as they stand there, percent-encoded. */
export interface QueryFacts {
  parameters: ReadonlyMap<string, readonly string[]>;
}

/** A message as an XML document, before its signature where that is an XML signature. */
export interface LogoutDocumentFacts {
  survey: Survey;
  /** Announced by the parameter it came in. */
  kind: LogoutKind;
}

/** A message whose signature was verified. */
export interface LogoutFacts {
  message: LogoutMessage;
  connection: ConnectionContext<SamlSettings>;
  now: Date;
}
