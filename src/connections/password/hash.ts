import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { normalizePassword, passwordProblem } from '../../domain/password';
import { createLane } from './lane';

/** Security 20: 19 MiB, two passes, one lane. Argon2id is the library's own choice. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const ARGON2ID = 2;

/** Hashing takes one of libuv's four threads each: at least one is left to files and name resolution. */
const lane = createLane({ atOnce: Math.min(Math.max(availableParallelism(), 2), 3), waiting: 2_500 });

// What is verified where there is nothing to verify, so that it takes as long. Of no text: no password fits it.
let decoy: Promise<string> | undefined;
const decoyHash = (): Promise<string> => (decoy ??= hash(randomBytes(32), COST));

/**
 * Argon2id as a PHC string, of the password's normal form.
 * @throws LaneFull when too many are waiting, Error (a bug) for a text that `passwordProblem` refuses
 */
export async function hashPassword(password: string): Promise<string> {
  const problem = passwordProblem(password);
  if (problem) throw new Error(`Only acceptable passwords are hashed: ${problem}`);
  return lane(() => hash(normalizePassword(password), COST));
}

/**
 * Whether the password is the one that was hashed. Takes the same time without a hash: an unknown account, or one
 * without a password.
 * @throws LaneFull when too many are waiting, Error (a bug) for a hash that is none
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  // Awaited in any case: the first try of a process waits for it whether or not the account is known.
  const nothing = await decoyHash();
  // A megabyte of text, or one with control characters, was never hashed. Neither cut nor hashed first, which would let
  // two texts pass for one password: the empty text is verified in its place and the answer is no.
  const problem = passwordProblem(password);
  const isPossible = problem !== 'too_long' && problem !== 'control_characters';
  const fits = await lane(() => verify(stored ?? nothing, isPossible ? normalizePassword(password) : ''));
  return fits && isPossible && stored !== undefined;
}

/** True when a hash was made with other parameters than today's. @throws Error (a bug) for a hash that is none */
export function needsRehash(stored: string): boolean {
  const made = parseOptions(stored);
  return (
    made.algorithm !== ARGON2ID ||
    made.memoryCost !== COST.memoryCost ||
    made.timeCost !== COST.timeCost ||
    made.parallelism !== COST.parallelism ||
    made.outputLen !== COST.outputLen
  );
}
