import type { Request, Response } from 'express';
import type { Visit } from '../self-service/visit';
import type { WebDeps } from './deps';
import { organizationOf } from './organization';

/** Who is asking, as far as a request tells. */
export function visitOf(deps: WebDeps, req: Request, res: Response): Visit {
  const { organization, policy } = organizationOf(req);
  return {
    organization,
    policy,
    address: req.ip ?? '',
    language: deps.languages.of(req, res).language,
    userAgent: req.headers['user-agent'],
    requestId: String(req.id),
  };
}
