/** Pages on the way between an application and an organization; they may be without one yet. */
export interface ApplicationPages {
  'choose-organization': {
    /** Name of the application. */
    application: string;
    /** Where this browser has been signed in. */
    known: readonly { name: string; url: string }[];
    /** Takes a POST of `organization`: a work e-mail or a name. */
    action: string;
    value?: string;
    error?: 'unknown' | 'empty';
  };
  'application-refused': {
    application: string;
    /** Takes a POST: the application is told. */
    action: string;
    /** Signs in at another organization instead, where the application serves several. */
    contacts: readonly string[];
  };
  'sign-out': {
    application?: string;
    action: string;
    hidden: Readonly<Record<string, string>>;
  };
  'choose-sign-out': {
    /** Where this browser has been signed in; each asks before it ends anything. */
    known: readonly { name: string; url: string }[];
  };
  'application-signed-out': object;
  'nobody-signed-in': object;
}
