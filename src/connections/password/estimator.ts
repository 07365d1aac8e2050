import { createRequire } from 'node:module';
import type * as Core from '@zxcvbn-ts/core';
import type * as Common from '@zxcvbn-ts/language-common';
import type * as English from '@zxcvbn-ts/language-en';

/** Tries of undoing 'p4$$w0rd'. Each looks up every substring: with the library's 100, one long password takes a second. */
const SUBSTITUTIONS = 4;

let estimator: Core.ZxcvbnFactory | undefined;

/** Guesses how hard a password is to guess. Its dictionaries (some 30 MB of heap, half a second) are loaded when first asked for. */
export const passwordEstimator = (): Core.ZxcvbnFactory => (estimator ??= load());

function load(): Core.ZxcvbnFactory {
  const from = createRequire(__filename);
  const { ZxcvbnFactory } = from('@zxcvbn-ts/core') as typeof Core;
  const common = from('@zxcvbn-ts/language-common') as typeof Common;
  const english = from('@zxcvbn-ts/language-en') as typeof English;
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    l33tMaxSubstitutions: SUBSTITUTIONS,
  });
}
