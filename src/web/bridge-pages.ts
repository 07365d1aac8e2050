import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { BridgePages } from '../bridge/deps';
import type { WebDeps } from './deps';
import { allowFormTo } from './security-headers';
import { rendered } from './show';

/** Pages that the provider shows by itself. What it hands over is what express gave it. */
export function bridgePages(web: () => WebDeps): BridgePages {
  const express = (req: IncomingMessage, res: ServerResponse) => [web(), req as Request, res as Response] as const;
  return {
    refused: (req, res, { code, problem }) =>
      rendered(...express(req, res), 'refused', { code, ...(problem && { problems: [problem] }) }),
    signOut(req, res, { leadsTo, ...form }) {
      if (leadsTo) allowFormTo(res as Response, new URL(leadsTo).origin);
      return rendered(...express(req, res), 'sign-out', form);
    },
    signedOut: (req, res) => rendered(...express(req, res), 'application-signed-out', {}),
    allowFormTo: (res, origin) => allowFormTo(res as Response, origin),
  };
}
