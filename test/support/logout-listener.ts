import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where an application is told of sign-outs. */
export interface LogoutListener {
  url: string;
  tokens: string[];
  /** What it answers with; undefined: never. */
  status: number | undefined;
  stop(): Promise<void>;
}

export async function listenForLogouts(): Promise<LogoutListener> {
  const server: Server = createServer((req, res) => {
    let body = '';
    req
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        listener.tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
        if (listener.status) res.writeHead(listener.status).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const listener: LogoutListener = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`,
    tokens: [],
    status: 204,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return listener;
}
