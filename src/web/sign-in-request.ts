import type { Request } from 'express';
import type { SignInRequest } from '../sign-in/request';
import type { SignInConnection } from '../storage/connections';

/** Who is at a connection, as far as a request tells. */
export const signInRequest = (req: Request, connection: SignInConnection): SignInRequest => ({
  connection,
  address: req.ip ?? '',
  userAgent: req.headers['user-agent'],
  requestId: String(req.id),
});
