import { closedSigningKeys } from '../../bridge/signing-keys';
import { findings } from './finding';
import type { Check, OpenSubject } from './subject';

/** Whether the keys that sign applications' tokens open; with one that does not, no application gets any. */
export const checkSigningKeys: Check<OpenSubject> = async (subject) => {
  const say = findings('signing keys');
  const closed = await closedSigningKeys(subject);
  if (!closed.length) return [say.ok("applications' tokens can be signed")];
  return closed.map(({ id, algorithm, createdAt }) =>
    say.problem(
      `The ${algorithm} key ${id} of ${createdAt.toISOString().slice(0, 10)} does not open`,
      'Put the key it was sealed with back into SECRET_KEYS. Until then no application can sign anybody in.',
    ),
  );
};
