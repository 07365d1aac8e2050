import type { EmailLinkId, OrganizationId } from '../domain/ids';
import type { Transaction } from '../storage/rows';
import type { Letter } from './letter';

/** To whom a letter goes, and in whose name. */
export interface Envelope {
  organization: { id: OrganizationId; name: string; color?: string };
  to: string;
  /** The recipient's name, for the greeting. */
  name?: string;
  /** The recipient's language tag, such as `de-AT`; English when there is none that is known. */
  language?: string;
  /** The link inside, on which delivery is recorded. */
  linkId?: EmailLinkId;
}

/** Writes letters into the outbox, in the transaction of what causes them; they leave when it is committed. */
export interface Mailroom {
  post(tx: Transaction, now: Date, envelope: Envelope, letter: Letter): Promise<void>;
}
