import { SAML } from '@node-saml/passport-saml';

/** A process of its own that does nothing but node-saml's validation of the responses it is sent. */
interface Order {
  options: { idpCert: string; issuer: string; callbackUrl: string };
  responses: readonly string[];
}

process.on('message', ({ options, responses }: Order) => {
  const saml = new SAML({
    ...options,
    wantAssertionsSigned: false,
    wantAuthnResponseSigned: false,
    audience: options.issuer,
  });
  void (async () => {
    for (const SAMLResponse of responses) await saml.validatePostResponseAsync({ SAMLResponse });
    process.send?.('done');
  })();
});
