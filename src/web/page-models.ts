import type { ErrorCode } from '../domain/errors';
import type { ApiDocument } from './api-reference';
import type { Spoken } from './languages';

/** What every page is told, whatever it shows. */
export interface PageContext extends Spoken {
  now: Date;
  organization?: PageOrganization;
  /** Local URL of this page for the language links. Without one, as after a POST, there are none. */
  here?: string;
  /** Shown small on refusals. */
  requestId?: string;
  /** Overrides the browser's preference. */
  theme?: 'light' | 'dark';
}

export interface PageOrganization {
  name: string;
  /** `#rrggbb` of the mark and the primary button. */
  color?: string;
  /** The organization's sign-in page, which shows itself rather than going on to the provider (`?choose=1`). */
  signInUrl: string;
}

interface DiscoverModel {
  value?: string;
  /** `unknown` never tells whether an account exists: it speaks of organizations only. */
  error?: 'unknown' | 'empty';
}

export type SignInNotice = 'signed_out' | 'session_ended' | 'attempt_expired' | 'attempt_used' | 'cookies_required';

interface SignInModel {
  /** In the order to offer them; the first is the main one. */
  connections: readonly { name: string; url: string }[];
  /** With no connection: a way to sign in is announced. */
  comingSoon?: boolean;
  notice?: SignInNotice;
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
  notice?: 'session_ended' | 'others_ended';
}

interface SignedOutModel {
  /** Name of the provider that may still be signed in. */
  connection?: string;
}

export interface RefusedModel {
  code: ErrorCode;
  /** Name of the connection. */
  connection?: string;
  /** Address the provider gave for the person. */
  email?: string;
  /** By which an admin finds the attempt: `7F3K-92QD`. */
  attempt?: string;
  /** Starts the sign-in again; without one, the organization's sign-in page. */
  tryAgainUrl?: string;
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

interface ApiDocsModel {
  document: ApiDocument;
  documentUrl: string;
}

/** Every page there is. Each has a template of the same name in views/pages. */
export interface PageModels {
  discover: DiscoverModel;
  'sign-in': SignInModel;
  account: AccountModel;
  'signed-out': SignedOutModel;
  refused: RefusedModel;
  posting: PostingModel;
  'api-docs': ApiDocsModel;
}
export type PageName = keyof PageModels;

/** Pages that make no sense without an organization cannot be rendered without one. */
type OfAnOrganization = 'sign-in' | 'account' | 'signed-out' | 'posting';
export type ContextOf<K extends PageName> = K extends OfAnOrganization
  ? PageContext & { organization: PageOrganization }
  : PageContext;
