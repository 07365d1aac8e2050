import { isUtf8 } from 'node:buffer';
import type { CallbackInput, Check } from '../connection';
import { step } from './checks/rule';
import { scanXml, type ScanLimits } from './xml-scan';

/** Of the decoded message. */
export const MAX_BYTES = 700_000;

/** A usual message weighs 400; each group of someone who is in many adds five to eight: room for a thousand. */
export const MESSAGE_LIMITS: ScanLimits = {
  maxDepth: 64,
  maxWeight: 8500,
  maxRewritten: 40_000,
  maxAttributes: 64,
  annotations: false,
};

/** A message a parser may see. */
export interface GuardedMessage {
  xml: string;
}

type Outcome = { checks: Check[]; message?: GuardedMessage };

/** What was looked at, in order. */
export interface Looks {
  checks: Check[];
  /** Notes a rule; yields whether it passed. */
  passes(rule: string, ok: boolean, expected: string, received?: string): boolean;
}

export function newLooks(): Looks {
  const checks: Check[] = [];
  return {
    checks,
    passes(rule, ok, expected, received) {
      checks.push(step(rule, { ok, expected, received }));
      return ok;
    },
  };
}

/**
 * Takes the message out of the browser's form (SAML Bindings 3.5) and looks at it as bytes and characters, before any
 * XML parser does (security 4). Linear in its length.
 */
export function guard(reply: CallbackInput): Outcome {
  const looks = newLooks();
  const { checks } = looks;
  const parameter: unknown = reply.body?.SAMLResponse;
  if (!looks.passes('binding', reply.method === 'POST', 'POST', reply.method)) return { checks };
  const isOne = typeof parameter === 'string' && parameter !== '' && reply.query?.SAMLResponse === undefined;
  if (!looks.passes('parameter', isOne, 'one SAMLResponse in the form', describe(parameter)) || !isOne)
    return { checks };
  const bytes = decodeBase64(looks, parameter);
  const xml = bytes && readXml(looks, bytes);
  return xml === undefined ? { checks } : { checks, message: { xml } };
}

/** The bytes of strict base64, at most MAX_BYTES; line breaks are left out. */
export function decodeBase64(looks: Looks, parameter: string): Buffer | undefined {
  const longest = Math.ceil(MAX_BYTES / 3) * 4;
  const base64 = parameter.length > longest * 2 ? parameter : parameter.replace(/[\r\n]+/g, '');
  const received = `${base64.length} characters of base64`;
  if (!looks.passes('size', base64.length <= longest, `at most ${MAX_BYTES} bytes`, received)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  const isStrict = bytes.toString('base64') === base64;
  return looks.passes('base64', isStrict, 'base64 (RFC 4648, 4)', 'something else') ? bytes : undefined;
}

/** Text that an XML parser may see. */
export function readXml(looks: Looks, bytes: Buffer): string | undefined {
  if (!looks.passes('utf8', isUtf8(bytes), 'UTF-8', 'other bytes')) return undefined;
  const xml = bytes.toString('utf8');
  const fault = scanXml(xml, MESSAGE_LIMITS);
  return looks.passes('xml_guard', !fault, 'plain XML', fault) ? xml : undefined;
}

const describe = (parameter: unknown): string =>
  Array.isArray(parameter) ? `${parameter.length} values` : parameter === '' ? 'an empty value' : typeof parameter;
