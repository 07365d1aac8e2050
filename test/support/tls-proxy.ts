import { request } from 'node:http';
import { createServer } from 'node:https';
import { createSamlKey } from '../../src/demo/saml-response';

export interface TlsProxy {
  close(): Promise<void>;
}

/** Ends TLS in front of a service, as a proxy does, with a certificate that nobody trusts. */
export async function startTlsProxy(port: number, servicePort: number): Promise<TlsProxy> {
  const { privateKey: key, certificate: cert } = await createSamlKey('localhost');
  const server = createServer({ key, cert }, (req, res) => {
    const { method, url, headers } = req;
    const forwarded = request({ host: '127.0.0.1', port: servicePort, method, path: url, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(res);
    });
    forwarded.on('error', () => res.destroy());
    req.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
