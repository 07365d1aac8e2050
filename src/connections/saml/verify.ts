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
  message: GuardedMessage;
  document: Survey;
}

const failed = (rule: string, expected: string, received: string): Check =>
  step(rule, { ok: false, expected, received });
const allOk = (checks: readonly Check[]): boolean => checks.every(({ ok }) => ok);

/**
 * From guarded text to verified elements: the document's shape, then its signature by node-saml against the pinned
 * certificates, decrypting where an assertion is encrypted.
 */
export async function verifyMessage(
  connection: ConnectionContext<SamlSettings>,
  message: GuardedMessage,
): Promise<Outcome> {
  const verifier = verifierOf(connection);
  if (!verifier.size) return { checks: [failed('pinned_certificates', 'a pinned RSA certificate', 'none')] };
  const root = parseXml(message.xml);
  if (!root) return { checks: [failed('well_formed', 'well-formed XML with namespaces', 'something else')] };
  const document = survey(root);
  const shape = checkInTurn(DOCUMENT_RULES, { survey: document });
  if (!allOk(shape)) return { checks: shape };

  const evidence = { connection, verifier, message, document };
  const { checks, verified } = await (document.encryptedAssertions.length
    ? openEncrypted(evidence)
    : verifyPlain(evidence));
  return { checks: [...shape, ...checks], verified };
}

async function verifyPlain({ verifier, message, document }: Evidence): Promise<Outcome> {
  const xml = await verifier.verify(message.base64, document.certificateHint);
  return fromVerified(xml, document, verifier, document.certificateHint);
}

/** Reads what was verified, from the canonical text alone. */
function fromVerified(
  xml: string | undefined,
  document: Survey,
  verifier: ConnectionVerifier,
  hint: string | undefined,
): Outcome {
  const signed = xml === undefined ? undefined : parseXml(xml);
  if (!signed) return { checks: [unverified(verifier, hint)] };
  const responseSigned = signed.localName === 'Response';
  const assertion = responseSigned ? children(signed, NS.assertion, 'Assertion')[0] : signed;
  if (!assertion) return { checks: [unverified(verifier, hint)] };
  const response = responseSigned ? signed : document.root;
  return { checks: [{ rule: 'signature', ok: true }], verified: { assertion, response, responseSigned } };
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
  const { connection, verifier, message, document } = evidence;
  const [encrypted] = document.encryptedAssertions;
  const key = encrypted && decryptionKey(encrypted, connection.settings.spKeys);
  if (!encrypted || !key) return { checks: [failed('decryption', 'a key of this connection', 'another key')] };

  const isSigned = document.signatures.length > 0;
  const enclosing = isSigned
    ? await verifier.verifyEnclosing(message.base64, document.certificateHint, key)
    : undefined;
  const signedRoot = enclosing === undefined ? undefined : parseXml(enclosing);
  if (signedRoot) return openEnclosed(signedRoot, key);
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
  const signature: Check = { rule: 'signature', ok: true };
  return {
    checks: [signature, ...opened.checks],
    verified: assertion && allOk(opened.checks) ? { assertion, response, responseSigned: true } : undefined,
  };
}

/** Nothing around it is verified: what it holds must be signed by itself, and is guarded like any message. */
async function openAlone({ verifier, document }: Evidence, encrypted: Element, key: string): Promise<Outcome> {
  const { checks, inner, text } = await open(encrypted, key, 'alone');
  if (!inner || text === undefined || !allOk(checks)) return { checks };
  const xml = await verifier.verify(Buffer.from(text, 'utf8').toString('base64'), inner.certificateHint);
  const { checks: signature, verified } = fromVerified(xml, document, verifier, inner.certificateHint);
  return { checks: [...checks, ...signature], verified };
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
