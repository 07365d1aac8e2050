import type { NodemailerError } from 'nodemailer';
import { oneLine } from './one-line';

/** Why a mail server cannot be used, in words, by nodemailer's codes and what lies beneath them. */
export function troubleInWords({ code, originalCode, response, message }: NodemailerError): string {
  const said = oneLine(response ?? message);
  if (originalCode === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  if (code === 'EDNS' || originalCode === 'ENOTFOUND') return 'there is no host of that name';
  if (code === 'ETIMEDOUT') return 'it does not answer in time';
  if (code === 'ETLS' || /ERR_TLS|ERR_SSL|CERT|EPROTO/.test(originalCode ?? ''))
    return `no encrypted connection comes about: ${said}`;
  if (code === 'EAUTH' || code === 'ENOAUTH') return `it does not accept the name and password: ${said}`;
  return said;
}
