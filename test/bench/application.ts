import { createHash, randomBytes } from 'node:crypto';
import type { Visitor } from './visitor';

/** Where an OpenID provider has its endpoints, and as whom the application is known there. */
export interface Registration {
  authorize: string;
  token: string;
  userinfo: string;
  clientId: string;
  clientSecret: string;
  /** Sent with every request for sign-in. */
  parameters?: Readonly<Record<string, string>>;
}

export const REDIRECT_URI = 'https://app.bench.example/callback';
/** What a reference knows the application as. */
export const CLIENT = { clientId: 'bench', clientSecret: 'a-secret-of-32-characters-0123456789' };

/** An application: authorization code with PKCE, then the tokens, then userinfo. */
export class Application {
  constructor(private readonly registration: Registration) {}

  /**
   * Signs the visitor in. `away` is asked wherever the visitor is sent that is neither the provider nor the application:
   * the identity provider, which yields what the visitor posts back.
   */
  async signIn(visitor: Visitor, away?: (address: string) => Promise<Posted>): Promise<void> {
    const verifier = randomBytes(32).toString('base64url');
    let at = await visitor.go(this.request(verifier));
    if (!at.startsWith(REDIRECT_URI) && away) {
      const { address, fields } = await away(at);
      at = await visitor.go(address, fields);
    }
    const code = new URL(at).searchParams.get('code');
    if (!code || !at.startsWith(REDIRECT_URI)) throw new Error(`the application got no code: ${at}`);
    await this.readClaims(await this.redeem(code, verifier));
  }

  private request(verifier: string): string {
    const { authorize, clientId, parameters } = this.registration;
    return `${authorize}?${new URLSearchParams({
      ...{ client_id: clientId, redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid profile email' },
      ...{ state: randomBytes(16).toString('base64url'), nonce: randomBytes(16).toString('base64url') },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    })}`;
  }

  private async redeem(code: string, code_verifier: string): Promise<string> {
    const { token, clientId, clientSecret } = this.registration;
    const credentials = { client_id: clientId, client_secret: clientSecret };
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier,
      ...credentials,
    };
    const reply = await fetch(token, { method: 'POST', body: new URLSearchParams(fields) });
    if (reply.status !== 200) throw new Error(`the token endpoint answered ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { access_token: string }).access_token;
  }

  private async readClaims(accessToken: string): Promise<void> {
    const reply = await fetch(this.registration.userinfo, { headers: { authorization: `Bearer ${accessToken}` } });
    if (reply.status !== 200) throw new Error(`userinfo answered ${reply.status} ${await reply.text()}`);
    await reply.json();
  }
}

/** What an identity provider has the visitor post. */
export interface Posted {
  address: string;
  fields: Readonly<Record<string, string>>;
}
