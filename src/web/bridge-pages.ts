import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { BridgePages, Detour } from '../bridge/deps';
import type { WebDeps } from './deps';
import { askProvider, signOutOrigin } from './leave';
import { allowFormTo } from './security-headers';
import { rendered } from './show';

/** Pages that the provider shows by itself. What it hands over is what express gave it. */
export function bridgePages(web: () => WebDeps): BridgePages {
  const express = (req: IncomingMessage, res: ServerResponse) => [web(), req as Request, res as Response] as const;
  return {
    refused: (req, res, { code, problem }) =>
      rendered(...express(req, res), 'refused', { code, ...(problem && { problems: [problem] }) }),
    async signOut(req, res, { leadsTo, ...form }) {
      const { user } = req as Request;
      const provider = user && (await signOutOrigin(web(), user));
      const origins = [provider, leadsTo && new URL(leadsTo).origin].filter((origin) => origin !== undefined);
      allowFormTo(res as Response, ...origins);
      return rendered(...express(req, res), 'sign-out', form);
    },
    signedOut: (req, res) => rendered(...express(req, res), 'application-signed-out', {}),
    nobodySignedIn: (req, res) => rendered(...express(req, res), 'nobody-signed-in', {}),
    allowFormTo: (res, origin) => allowFormTo(res as Response, origin),
  };
}

/** By the identity provider of the session that has ended, before the browser goes on. */
export async function detourByProvider(
  deps: WebDeps,
  req: Request,
  res: Response,
  next: string,
): Promise<Detour | undefined> {
  const asked = req.user && (await askProvider(deps, req, res, req.user, next));
  if (!asked) return undefined;
  const { step, connection } = asked;
  if (step.kind === 'redirect') return { address: step.url };
  allowFormTo(res, new URL(step.action).origin);
  return { page: rendered(deps, req, res, 'posting', { ...step, connection }) };
}
