import type { ErrorCode } from '../domain/errors';
import type { ApiDocument } from './api-reference';
import type { ApplicationPages } from './application-pages';
import type { CredentialsPages } from './credentials-pages';
import type { LinkIdentityModel } from './link-identity-model';
import type { PageContext, PageOrganization } from './page-context';
import type { PortalContext } from './portal/frame-model';
import type { PortalPageName, PortalPages } from './portal/pages';
import type { OwnSecondFactorModel, SecondFactorPages } from './second-factor-model';

export type { PageContext, PageOrganization } from './page-context';

interface DiscoverModel {
  value?: string;
  /** `unknown` never tells whether an account exists: it speaks of organizations only. */
  error?: 'unknown' | 'empty';
}

export type SignInNotice =
  'signed_out' | 'session_ended' | 'email_changed' | 'prove' | 'attempt_expired' | 'attempt_used' | 'cookies_required';

interface PasswordForm {
  /** Takes a POST of `login` (e-mail address or username), `password` and what is hidden. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  forgotUrl: string;
  /** As typed before. */
  login?: string;
  error?: 'invalid_credentials' | 'empty' | 'rate_limited';
}

interface SignInModel {
  /** In the order to offer them; the first is the main one. */
  connections: readonly { name: string; url: string }[];
  /** The password form, where passwords are how people sign in here. */
  password?: PasswordForm;
  /** Where the password form is, when it is only another way besides the connections. */
  passwordUrl?: string;
  /** Where an admin signs in past the identity provider, where SSO is required and one may. */
  emergencyUrl?: string;
  /** Where accounts are created, where people may do that themselves. */
  signupUrl?: string;
  notice?: SignInNotice;
  /** The organization's own words; may have several lines. */
  greeting?: string;
  /** Where its people find help: an https address or a `mailto:`. */
  help?: string;
  /** Technical contacts' e-mail addresses. */
  contacts?: readonly string[];
}

export interface AccountModel {
  person: {
    displayName: string;
    email?: string;
    emailVerified: boolean;
    username: string;
    groups: readonly string[];
    site?: string;
    userType: 'Privileged' | 'Standard';
    licence?: string;
  };
  methods: readonly { name: string; lastUsedAt?: Date }[];
  /** What the person can go on to. */
  applications: ApplicationsModel['applications'];
  /** The portal that they have a role in. */
  portalUrl?: string;
  /** Has a password; `changeUrl` where the person may change it. */
  password?: { setAt: Date; changeUrl?: string };
  /** Beside the password, where there is one that counts. */
  secondFactor?: OwnSecondFactorModel;
  /** Where the person may change their e-mail address. */
  changeEmailUrl?: string;
  sessions: readonly {
    current: boolean;
    userAgent?: string;
    startedAt: Date;
    lastSeenAt?: Date;
    /** Takes a POST. */
    endUrl: string;
  }[];
  /** Hidden fields of every form here, such as `{ _csrf: token }`. */
  csrf: Readonly<Record<string, string>>;
  endOthersUrl: string;
  signOutUrl: string;
  notice?: AccountNotice;
}

/** What the person can go on to. */
interface ApplicationsModel {
  applications: readonly { name: string; url: string }[];
  accountUrl: string;
}

export type AccountNotice =
  'session_ended' | 'others_ended' | 'password_changed' | 'email_changed' | 'identity_linked' | 'second_factor_removed';

interface SignedOutModel {
  /** Name of the provider that may still be signed in. */
  connection?: string;
  /** Whether it confirmed, where it was asked, that it signed the person out too. */
  provider?: 'confirmed' | 'unconfirmed';
}

export interface RefusedModel {
  code: ErrorCode;
  /** Name of the connection. */
  connection?: string;
  /** Address the provider gave for the person. */
  email?: string;
  /** By which an admin finds the attempt: `7F3K-92QD`. */
  attempt?: string;
  /** Where an admin sees that attempt; absolute, for a letter. */
  attemptUrl?: string;
  /** Starts the sign-in again; without one, the organization's sign-in page. */
  tryAgainUrl?: string;
  /** Where the person signs in the way they did before, to prove that an account is theirs. */
  proveUrl?: string;
  /** Waits for the person: `action` takes a POST and tells it that nobody signed in. */
  application?: { name: string; action: string };
  /** Technical contacts' e-mail addresses. */
  contacts?: readonly string[];
  /** Attributes that did not arrive: standard names or `custom.*`. */
  missing?: readonly string[];
  /** Sentences about single fields. */
  problems?: readonly string[];
}

interface PostingModel {
  /** Where the form goes; its origin must stand in the page's `form-action`. */
  action: string;
  fields: Readonly<Record<string, string>>;
  connection: string;
}

/** A form that came without a session, or with that of another one: nothing that was typed is lost. */
interface ResumeModel {
  /** Where the form goes, once more. */
  action: string;
  fields: readonly { name: string; value: string }[];
  /** Names of fields that are not kept, such as passwords. */
  dropped: boolean;
  /** Undefined: signed in. */
  signInUrl?: string;
}

interface ApiDocsModel {
  document: ApiDocument;
  documentUrl: string;
}

/** Every page there is. Each has a template of the same name in views/pages. */
export interface PageModels extends ApplicationPages, CredentialsPages, PortalPages, SecondFactorPages {
  discover: DiscoverModel;
  'sign-in': SignInModel;
  account: AccountModel;
  applications: ApplicationsModel;
  'link-identity': LinkIdentityModel;
  'signed-out': SignedOutModel;
  refused: RefusedModel;
  posting: PostingModel;
  resume: ResumeModel;
  'api-docs': ApiDocsModel;
}
export type PageName = keyof PageModels;

/** Pages that make no sense without an organization cannot be rendered without one. */
type OfAnOrganization = Exclude<PageName, 'discover' | 'refused' | 'api-docs' | keyof ApplicationPages>;
export type ContextOf<K extends PageName> = K extends PortalPageName
  ? PortalContext
  : K extends OfAnOrganization
    ? PageContext & { organization: PageOrganization }
    : PageContext;
