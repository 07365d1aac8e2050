import { isUtf8 } from 'node:buffer';
import type { CallbackInput, Check } from '../connection';
import { step } from './checks/rule';
import { scanXml, type ScanLimits } from './xml-scan';

/** Of the decoded message. */
const MAX_BYTES = 700_000;

/** A usual message weighs 200; each group of someone who is in many adds two to five. */
export const MESSAGE_LIMITS: ScanLimits = { maxDepth: 64, maxWeight: 8000, maxAttributes: 128, annotations: false };

/** A message a parser may see. */
export interface GuardedMessage {
  /** Without line breaks. */
  base64: string;
  xml: string;
}

type Outcome = { checks: Check[]; message?: GuardedMessage };

/**
 * Takes the message out of the browser's form (SAML Bindings 3.5) and looks at it as bytes and characters, before any
 * XML parser does (security 4). Linear in its length.
 */
export function guard(reply: CallbackInput): Outcome {
  const parameter: unknown = reply.body?.SAMLResponse;
  const checks: Check[] = [];
  const passes = (rule: string, ok: boolean, expected: string, received?: string): boolean => {
    checks.push(step(rule, { ok, expected, received }));
    return ok;
  };

  if (!passes('binding', reply.method === 'POST', 'POST', reply.method)) return { checks };
  const isOne = typeof parameter === 'string' && parameter !== '' && reply.query?.SAMLResponse === undefined;
  if (!passes('parameter', isOne, 'one SAMLResponse in the form', describe(parameter)) || !isOne) return { checks };
  const longest = Math.ceil(MAX_BYTES / 3) * 4;
  const base64 = parameter.length > longest * 2 ? parameter : parameter.replace(/[\r\n]+/g, '');
  if (!passes('size', base64.length <= longest, `at most ${MAX_BYTES} bytes`, `${base64.length} characters of base64`))
    return { checks };
  const bytes = Buffer.from(base64, 'base64');
  if (!passes('base64', bytes.toString('base64') === base64, 'base64 (RFC 4648, 4)', 'something else'))
    return { checks };
  if (!passes('utf8', isUtf8(bytes), 'UTF-8', 'other bytes')) return { checks };
  const xml = bytes.toString('utf8');
  const fault = scanXml(xml, MESSAGE_LIMITS);
  if (!passes('xml_guard', !fault, 'plain XML', fault)) return { checks };
  return { checks, message: { base64, xml } };
}

const describe = (parameter: unknown): string =>
  Array.isArray(parameter) ? `${parameter.length} values` : parameter === '' ? 'an empty value' : typeof parameter;
