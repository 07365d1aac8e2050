import type { ConnectionContext } from '../../connection';
import type { AssertionFacts, ResponseFacts } from '../message';
import type { SamlSettings } from '../settings';
import type { Survey } from '../survey';

/** Before the signature: what the document looks like. */
export interface DocumentFacts {
  survey: Survey;
  /**
   * Set for what came out of an EncryptedAssertion: `enclosed` when the Response around it was verified, `alone` when
   * its own signature must do.
   */
  inner?: 'enclosed' | 'alone';
}

/** After the signature: what the message says, and what it should say. */
export interface VerifiedFacts {
  response: ResponseFacts;
  assertion: AssertionFacts;
  connection: ConnectionContext<SamlSettings>;
  /** ID of our AuthnRequest; undefined: unsolicited. */
  requestId?: string;
  /** When the attempt began; undefined: unsolicited. */
  startedAt?: Date;
  now: Date;
}
