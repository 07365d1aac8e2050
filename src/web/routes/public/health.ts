import { createHash, timingSafeEqual } from 'node:crypto';
import { Router, type Request } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { AppError } from '../../../domain/errors';

export interface HealthDeps {
  /** Rejects when the database or the session store does not answer. */
  ready: () => Promise<void>;
  metricsToken?: string;
}

/** `/healthz` (live), `/readyz` (database and session store answer), `/metrics` (Prometheus). */
export function healthRoutes(deps: HealthDeps): Router {
  const router = Router();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  router.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  router.get('/readyz', async (_req, res) => {
    const ready = await deps.ready().then(
      () => true,
      () => false,
    );
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not_ready' });
  });
  router.get('/metrics', async (req, res) => {
    if (!mayReadMetrics(req, deps.metricsToken)) throw new AppError('forbidden');
    res.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

/** A proxy on this machine is loopback too; what it passes on is not. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
const isLoopback = (address = ''): boolean => ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(address);

function mayReadMetrics(req: Request, token: string | undefined): boolean {
  if (token === undefined)
    return isLoopback(req.socket.remoteAddress) && !FORWARDED.some((name) => name in req.headers);
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(req.headers.authorization ?? ''), digest(`Bearer ${token}`));
}
