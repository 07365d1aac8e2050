/** Asks whether a new way of signing in is to lead to this account. */
export interface LinkIdentityModel {
  /** Name of the connection. */
  connection: string;
  /** Takes a POST of what is hidden. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  /** When the new way was tried, and the address that the provider gave for it. */
  refusedAt: Date;
  email: string | null;
  person: { displayName: string | null; email: string };
  /** Something else leads from there to this account so far. */
  replaces: boolean;
  accountUrl: string;
}
