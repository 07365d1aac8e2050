import type { AttributeValues } from './attributes';
import type { ConnectionId } from './ids';

/** What an identity provider says of a person, by the names it uses itself. */
export type ReceivedAttributes = Readonly<Record<string, readonly string[]>>;

/** The key of a person at a connection (security 17). Never an e-mail address. */
export interface IdentityKey {
  connectionId: ConnectionId;
  issuer: string;
  subject: string;
}

/**
 * What an identity provider itself calls the person in one session: by this name it ends the session again. Not the
 * subject, which may be read elsewhere.
 */
export interface Principal {
  issuer: string;
  /** SAML NameID or OIDC `sub`. */
  value: string;
  /** The rest of a NameID, as it came (SAML Core 2.2.2). */
  format?: string;
  nameQualifier?: string;
  spNameQualifier?: string;
}

/** What a connection yields when a person proved who they are there. */
export interface ExternalIdentity extends IdentityKey {
  attributes: ReceivedAttributes;
  /** The provider says the address is verified (OIDC Core 5.1, `email_verified === true`). Missing is false. */
  emailVerified: boolean;
  authenticatedAt: Date;
  /** Authentication Method References (RFC 8176), or the SAML AuthnContextClassRef as it came. */
  amr: readonly string[];
  /** Authentication context class: the ID token's `acr`, or the AuthnContextClassRef. Absent where the provider does not say. */
  acr?: string;
  /** For single logout; absent where the provider could not name the person. */
  principal?: Principal;
  /** SAML SessionIndex or OIDC `sid`, for single logout. */
  sessionIndex?: string;
  /** SAML SessionNotOnOrAfter: our session ends then at the latest. */
  notOnOrAfter?: Date;
}

/** An identity's profile in our own names. */
export interface MappedProfile {
  attributes: AttributeValues;
  /** The address is no more than a username that people may choose: it never counts as verified. */
  emailChosenByPerson?: boolean;
  /** Values as the provider sent them; absent when it sent no such attribute. */
  groups?: readonly string[];
}
