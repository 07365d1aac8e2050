/** Why an identity came to sign in to an account. The ledger and the identity itself keep it. */
export const LINK_REASONS = [
  'new_account',
  'known_person',
  'external_id',
  'verified_email',
  'proof',
  'approval',
  'merge',
] as const;
export type LinkReason = (typeof LINK_REASONS)[number];

/** Why an identity was not linked to the account that it resembles. */
export type LinkObstacle = 'has_other_identity' | 'address_of_another_account' | 'policy' | 'unverified_email';

const PROOF_MINUTES = 60;
const REJECTED_DAYS = 30;

/** Whoever was refused may prove by the old way of signing in that the account is theirs, for this long. */
export const mayStillProve = (refusedAt: Date, now: Date): boolean =>
  now.getTime() < refusedAt.getTime() + PROOF_MINUTES * 60_000;

/** From when on an admin's rejection still holds: until it is over, the identity asks nobody anew. */
export const rejectionsSince = (now: Date): Date => new Date(now.getTime() - REJECTED_DAYS * 86_400_000);
