import { inflateRawSync } from 'node:zlib';
import { encodePost, idpMetadataXml, samlResponseXml, type SamlKey } from '../../src/demo/saml-response';
import type { Posted } from './application';
import type { Installation } from './installation';

/** How one identity provider signs, and what the service has pinned of it. */
export interface Signing {
  name: string;
  key: SamlKey;
  pinned: readonly SamlKey[];
  sign: 'assertion' | 'both';
  /** False: without its certificate in the message, which then has no hint for the order of the pinned ones. */
  keyInfo?: boolean;
}

/** A connection as the API creates it. */
interface Connection {
  id: string;
  sp: { entityId: string; acsUrl: string };
}

/** A response that is waiting to be posted, with the cookie of the browser that asked for it. */
export interface Pending {
  body: string;
  cookie: string;
}

const NOBODY_ASKED = '_00112233445566778899aabbccddeeff';

/** An identity provider with one person, and the connection that trusts it. */
export class IdentityProvider {
  private constructor(
    private readonly installation: Installation,
    readonly signing: Signing,
    readonly connection: Connection,
  ) {}

  /** Creates the connection and signs its person in once, who is a returning one from then on. */
  static async connect(installation: Installation, signing: Signing): Promise<IdentityProvider> {
    const connection = (await installation.api('/organizations/acme/connections', {
      kind: 'saml',
      name: signing.name,
      metadataXml: metadataOf(signing),
      state: 'active',
    })) as Connection;
    const provider = new IdentityProvider(installation, signing, connection);
    await provider.post(await provider.prepare(1));
    return provider;
  }

  /** Browsers begin, one after the other; the identity provider answers. Not measured. */
  async prepare(operations: number): Promise<Pending[]> {
    const pending: Pending[] = [];
    while (pending.length < operations) pending.push(await this.begin());
    return pending;
  }

  /** Answers to requests that nobody made: all that bare validation needs. Not measured. */
  async mint(messages: number): Promise<string[]> {
    const minted: string[] = [];
    while (minted.length < messages) minted.push(await answer(this.signing, this.connection.sp, NOBODY_ASKED));
    return minted;
  }

  /** Posts what is waiting to the ACS, one after the other. */
  async post(pending: readonly Pending[]): Promise<void> {
    for (const { body, cookie } of pending) {
      const reply = await fetch(`${this.address}/acs`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
        body,
      });
      await reply.arrayBuffer();
      if (reply.status !== 303) throw new Error(`the ACS route answered ${reply.status}`);
    }
  }

  private get address(): string {
    return `${this.installation.origin}/acme/sso/${this.connection.id}`;
  }

  private async begin(): Promise<Pending> {
    const started = await fetch(this.address, { redirect: 'manual' });
    const { fields } = await this.respond(started.headers.get('location') ?? '');
    const cookies = started.headers.getSetCookie().map((line) => line.split(';')[0]);
    return { body: new URLSearchParams(fields).toString(), cookie: cookies.join('; ') };
  }

  /** What a browser that was sent here has to post, and where. */
  respond(location: string): Promise<Posted> {
    return respond(this.signing, this.connection.sp, location);
  }
}

export function metadataOf({ name, pinned }: Signing): string {
  const entityId = `https://${name}.bench.example`;
  const certificates = pinned.map(({ certificate }) => certificate);
  return idpMetadataXml({ entityId, ssoUrl: `${entityId}/sso`, certificates });
}

/** What a browser that a service provider has sent to this identity provider has to post, and where. */
export async function respond(signing: Signing, sp: Connection['sp'], location: string): Promise<Posted> {
  const { searchParams } = new URL(location);
  const samlRequest = Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64');
  const [, requestId = ''] = / ID="([^"]+)"/.exec(inflateRawSync(samlRequest).toString()) ?? [];
  const SAMLResponse = await answer(signing, sp, requestId);
  return { address: sp.acsUrl, fields: { SAMLResponse, RelayState: searchParams.get('RelayState') ?? '' } };
}

async function answer(signing: Signing, sp: Connection['sp'], inResponseTo: string): Promise<string> {
  const { name, key, sign, keyInfo = true } = signing;
  const xml = await samlResponseXml(
    {
      issuer: `https://${name}.bench.example`,
      acsUrl: sp.acsUrl,
      audience: sp.entityId,
      inResponseTo,
      nameId: { value: 'maria', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      attributes: {
        email: `maria.${name}@acme.example`,
        firstName: 'María',
        lastName: 'Suárez',
        groups: ['Engineering'],
      },
      now: new Date(),
      sign,
    },
    key,
  );
  return encodePost(keyInfo ? xml : xml.replace(/<ds:KeyInfo>.*?<\/ds:KeyInfo>/s, ''));
}
