import type { IncomingMessage } from 'node:http';
import type { AccountId, OrganizationId } from '../domain/ids';
import type { LiveSession } from '../storage/sessions';

/** The organization that a request is about, and who is signed in to it at this browser. */
export interface Visitor {
  organizationId: OrganizationId;
  /** Slug in force. */
  organization: string;
  person?: SignedInPerson;
}

export interface SignedInPerson {
  accountId: AccountId;
  session: LiveSession;
}

const visitors = new WeakMap<IncomingMessage, Visitor>();

/** Tells the provider who is there, for this one request. */
export const announce = (req: IncomingMessage, visitor: Visitor): void => void visitors.set(req, visitor);

/** Undefined: nobody has said which organization this is about. */
export const visitorOf = (req: IncomingMessage): Visitor | undefined => visitors.get(req);
