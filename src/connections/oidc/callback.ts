import type { AttemptSecrets, CompleteInput } from '../connection';
import { callbackRules, codeRules } from './checks/callback';
import { runRules } from './checks/rule';
import { invalid, refusedByProvider, type Stage } from './refusals';

/** Parameters of the callback, each a single value. */
export type CallbackParameters = Readonly<Record<string, string>>;

/** Reads what the browser brought back, without asking anybody. An error of the provider counts only with our `state`. */
export function readCallback(
  issuer: string,
  { attempt, reply }: CompleteInput,
): Stage<{ attempt: AttemptSecrets; parameters: CallbackParameters }> {
  const facts = { attempt, reply, issuer };
  const { passed, failed } = runRules(callbackRules, facts);
  if (failed || !attempt) return { steps: passed, failure: invalid(failed ?? { rule: 'state', ok: false }) };

  const parameters = reply.query as CallbackParameters;
  const { error, error_description: description } = parameters;
  if (error) return { steps: passed, failure: refusedByProvider('authorization_response', error, description) };

  const code = runRules(codeRules, facts);
  const steps = [...passed, ...code.passed];
  return code.failed ? { steps, failure: invalid(code.failed) } : { steps, attempt, parameters };
}
