import type { ConnectionId } from './ids';
import { OWNERS_SLUG } from './organization';

/** Paths under an organization's custom URL, and the absolute addresses given out at a connection's creation. */
export interface OrganizationLinks {
  signIn: string;
  choose: string;
  /** The organization's logo, which browsers keep until its version changes. */
  logo(version: string): string;
  login: string;
  /** Where whoever showed a password is asked for more. */
  secondStep: string;
  signup: string;
  forgot: string;
  /** Takes the button's POST too. */
  link(token: string): string;
  linkAgain(token: string): string;
  /** The applications that a signed-in person can go on to; `startApplication` goes on by itself to the only one. */
  applications: string;
  startApplication: string;
  account: string;
  /** Of its admins; the owners' own at their slug. */
  portal: string;
  changePassword: string;
  changeEmail: string;
  /** Where one sets up a second factor, or another app in its place; below it, renewing and removing. */
  secondFactor: string;
  renewRecoveryCodes: string;
  removeSecondFactor: string;
  /** Where whoever signed in the old way links the identity that was refused before. */
  linkProof: string;
  /** The sign-in page with the ways that people had before this connection; leads to `linkProof`. */
  prove(connection: ConnectionId): string;
  /** In the organization's portal: the attempt that a person names to their IT admin. */
  attempt(code: string): string;
  session: string;
  logout: string;
  sso(connection: ConnectionId): string;
  /** Absolute, for mail and for elsewhere: one of the paths above. */
  absolute(path: string): string;
  /** Absolute: where a person may be sent from elsewhere. */
  signInUrl(connection: ConnectionId): string;
  /** Stored with the connection; stays right when the slug or the base URL changes. */
  endpoints(connection: ConnectionId): {
    entityId: string;
    acsUrl: string;
    sloUrl: string;
    metadataUrl: string;
    redirectUri: string;
  };
}

/** An OpenID provider's own way to end sessions, beside the redirect URI that was given out at the connection's creation. */
export const backchannelLogoutUri = ({ redirectUri }: { redirectUri: string }): string =>
  redirectUri.replace(/\/callback$/, '/backchannel-logout');

/** The one place that builds an organization's links, so that a host name of its own can come later. */
export function linksOf(baseUrl: string, organization: { slug: string }): OrganizationLinks {
  const home = `/${organization.slug}`;
  const sso = (connection: ConnectionId) => `${home}/sso/${connection}`;
  return {
    signIn: home,
    choose: `${home}?choose=1`,
    logo: (version) => `${home}/logo?v=${version}`,
    login: `${home}/login`,
    secondStep: `${home}/login/second-factor`,
    signup: `${home}/signup`,
    forgot: `${home}/forgot`,
    link: (token) => `${home}/link/${token}`,
    linkAgain: (token) => `${home}/link/${token}/again`,
    applications: `${home}/applications`,
    startApplication: `${home}/applications?start=1`,
    account: `${home}/account`,
    portal: organization.slug === OWNERS_SLUG ? home : `${home}/admin`,
    changePassword: `${home}/account/password`,
    changeEmail: `${home}/account/email`,
    secondFactor: `${home}/account/second-factor`,
    renewRecoveryCodes: `${home}/account/second-factor/recovery-codes`,
    removeSecondFactor: `${home}/account/second-factor/remove`,
    linkProof: `${home}/account/link`,
    prove: (connection) =>
      `${home}?choose=1&prove=${connection}&return_to=${encodeURIComponent(`${home}/account/link`)}`,
    attempt: (code) => `${home}/admin/sign-ins?q=${encodeURIComponent(code)}`,
    session: `${home}/session`,
    logout: `${home}/logout`,
    sso,
    absolute: (path) => `${baseUrl}${path}`,
    signInUrl: (connection) => `${baseUrl}${sso(connection)}`,
    endpoints: (connection) => {
      const base = `${baseUrl}${sso(connection)}`;
      return {
        entityId: `${base}/metadata`,
        acsUrl: `${base}/acs`,
        sloUrl: `${base}/slo`,
        metadataUrl: `${base}/metadata`,
        redirectUri: `${base}/callback`,
      };
    },
  };
}
