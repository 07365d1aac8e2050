import { authorizationCode } from './authorization-code';
import { callbackMethod } from './callback-method';
import type { CallbackFacts } from './facts';
import { responseIssuer } from './response-issuer';
import type { Rule } from './rule';
import { singleValuedParameters } from './single-valued-parameters';
import { state } from './state';

/** Before anything else is looked at, an error of the provider included. */
export const callbackRules: readonly Rule<CallbackFacts>[] = [
  callbackMethod,
  singleValuedParameters,
  state,
  responseIssuer,
];

/** When the provider did not answer with an error. */
export const codeRules: readonly Rule<CallbackFacts>[] = [authorizationCode];
