import type { Check, ConnectionContext } from '../connection';
import { readCertificate } from './certificate';
import { checkInTurn, DECRYPTED_RULES, DOCUMENT_RULES, type DocumentFacts } from './checks';
import { contentAlgorithm, isAuthenticated } from './checks/encryption';
import { step } from './checks/rule';
import { decryptAssertion, decryptionKey, inBareResponse } from './decrypt';
import { MESSAGE_LIMITS, type GuardedMessage } from './guard';
import { NS } from './names';
import type { SamlSettings } from './settings';
import { survey, type Survey } from './survey';
import { verifierOf, type ConnectionVerifier } from './verifier';
import { children, parseXml, type Element } from './xml';
import { scanXml } from './xml-scan';

/** Elements parsed from canonical XML that a pinned certificate signed. */
interface VerifiedMessage {
  assertion: Element;
  /** The Response around it, when it was signed too; otherwise the unverified one. */
  response: Element;
  responseSigned: boolean;
}

type Outcome = { checks: readonly Check[]; verified?: VerifiedMessage };

/** What a step after the signature needs of the steps before. */
interface Evidence {
  connection: ConnectionContext<SamlSettings>;
  verifier: ConnectionVerifier;
  xml: string;
  document: Survey;
}

const VERIFIED: Check = { rule: 'signature', ok: true };
const failed = (rule: string, expected: string, received: string): Check =>
  step(rule, { ok: false, expected, received });
const allOk = (checks: readonly Check[]): boolean => checks.every(({ ok }) => ok);

/**
 * From guarded text to verified elements: the document's shape, then its signature against the pinned certificates,
 * decrypting where an assertion is encrypted.
 */
export async function verifyMessage(
  connection: ConnectionContext<SamlSettings>,
  { xml }: GuardedMessage,
): Promise<Outcome> {
  const verifier = verifierOf(connection);
  if (!verifier.keys.length) return { checks: [failed('pinned_certificates', 'a pinned RSA certificate', 'none')] };
  const root = parseXml(xml);
  if (!root) return { checks: [failed('well_formed', 'well-formed XML with namespaces', 'something else')] };
  const document = survey(root);
  const shape = checkInTurn(DOCUMENT_RULES, { survey: document });
  if (!allOk(shape)) return { checks: shape };

  const evidence = { connection, verifier, xml, document };
  const { checks, verified } = await (document.encryptedAssertions.length
    ? openEncrypted(evidence)
    : verifyPlain(evidence));
  return { checks: [...shape, ...checks], verified };
}

/** The Response's own signature is asked first: it covers more than the assertion's. */
function verifyPlain(evidence: Evidence): Outcome {
  const { verifier, document } = evidence;
  const response = readVerified(evidence, document.root);
  const assertion = response
    ? children(response, NS.assertion, 'Assertion')[0]
    : readVerified(evidence, document.assertions[0]);
  if (!assertion) return { checks: [unverified(verifier, document.certificateHint)] };
  return {
    checks: [VERIFIED],
    verified: { assertion, response: response ?? document.root, responseSigned: response !== undefined },
  };
}

/**
 * An element as its own signature covers it, parsed from the canonical text alone. It must be of the same name, or two
 * parsers have understood the document in two ways.
 */
function readVerified({ verifier, xml, document }: Evidence, element: Element | undefined): Element | undefined {
  const signature = document.signatures.find(({ parentNode }) => parentNode === element);
  const canonical = signature && verifier.verify(xml, signature);
  const covered = canonical === undefined ? undefined : parseXml(canonical);
  const isSame = covered?.localName === element?.localName && covered?.namespaceURI === element?.namespaceURI;
  return isSame ? covered : undefined;
}

/** Tells a signer nobody pinned (a rolled-over certificate) from a signature that is wrong. */
function unverified(verifier: ConnectionVerifier, hint: string | undefined, encrypted = false): Check {
  const another = encrypted ? ', around an assertion for a key of this connection' : '';
  const received = hint === undefined ? 'none that matches' : 'one that does not match';
  if (hint === undefined || verifier.isPinned(hint))
    return failed('signature', `a signature by a pinned certificate${another}`, received);
  const fingerprint = readCertificate(hint)?.fingerprint256 ?? 'unreadable';
  return failed('signing_certificate', 'a pinned certificate', `another certificate, SHA-256 ${fingerprint}`);
}

async function openEncrypted(evidence: Evidence): Promise<Outcome> {
  const { connection, verifier, document } = evidence;
  const [encrypted] = document.encryptedAssertions;
  const key = encrypted && decryptionKey(encrypted, connection.settings.spKeys);
  if (!encrypted || !key) return { checks: [failed('decryption', 'a key of this connection', 'another key')] };

  const response = readVerified(evidence, document.root);
  if (response) return openEnclosed(response, key);
  // Unauthenticated encryption is never opened for whoever may have made it: that is how its plaintext leaks.
  if (!isAuthenticated(contentAlgorithm(encrypted)))
    return { checks: [unverified(verifier, document.certificateHint, true)] };
  return openAlone(evidence, encrypted, key);
}

/** The Response around it is verified: that signature covers what the EncryptedAssertion holds. */
async function openEnclosed(response: Element, key: string): Promise<Outcome> {
  const [encrypted] = children(response, NS.assertion, 'EncryptedAssertion');
  const opened = await open(encrypted, key, 'enclosed');
  const [assertion] = opened.inner?.assertions ?? [];
  return {
    checks: [VERIFIED, ...opened.checks],
    verified: assertion && allOk(opened.checks) ? { assertion, response, responseSigned: true } : undefined,
  };
}

/** Nothing around it is verified: what it holds must be signed by itself, and is guarded like any message. */
async function openAlone(evidence: Evidence, encrypted: Element, key: string): Promise<Outcome> {
  const { checks, inner, text } = await open(encrypted, key, 'alone');
  if (!inner || text === undefined || !allOk(checks)) return { checks };
  const alone = verifyPlain({ ...evidence, xml: text, document: inner });
  return {
    checks: [...checks, ...alone.checks],
    // What came around it is the Response, not what it was put into to be read.
    verified: alone.verified && { ...alone.verified, response: evidence.document.root },
  };
}

async function open(
  encrypted: Element | undefined,
  key: string,
  inner: NonNullable<DocumentFacts['inner']>,
): Promise<{ checks: readonly Check[]; inner?: Survey; text?: string }> {
  const plaintext = encrypted && (await decryptAssertion(encrypted, key));
  if (plaintext === undefined)
    return {
      checks: [
        failed('decryption', 'an assertion encrypted for a key of this connection', 'something that does not open'),
      ],
    };
  const text = inBareResponse(plaintext);
  const fault = scanXml(plaintext, MESSAGE_LIMITS);
  const root = fault ? undefined : parseXml(text);
  if (!root) return { checks: [failed('decrypted_xml', 'plain XML', fault ?? 'not well-formed')] };
  const found = survey(root);
  return {
    checks: [{ rule: 'decryption', ok: true }, ...checkInTurn(DECRYPTED_RULES, { survey: found, inner })],
    inner: found,
    text,
  };
}
