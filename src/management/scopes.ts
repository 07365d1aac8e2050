import { AppError } from '../domain/errors';
import type { Caller } from './deps';

const RESOURCES = [
  'organizations',
  'branding',
  'domains',
  'connections',
  'accounts',
  'contacts',
  'groups',
  'permission-profiles',
  'licences',
  'policy',
  'sources',
  'link-requests',
  'sign-in-attempts',
  'sign-in-captures',
  'audit-events',
  'admins',
  'applications',
  'api-keys',
] as const;

export type Scope = `${(typeof RESOURCES)[number]}:${'read' | 'write'}`;

/** Everything a key's `scopes` may hold. */
export const SCOPES: readonly string[] = [
  '*',
  ...RESOURCES.flatMap((resource) => [`${resource}:read`, `${resource}:write`]),
];

/** True when these scopes include the one: `*` includes all, write includes read. */
export function includesScope(scopes: readonly string[], scope: string): boolean {
  return scopes.includes('*') || scopes.includes(scope) || scopes.includes(scope.replace(/:read$/, ':write'));
}

/** @throws AppError insufficient_scope */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!includesScope(caller.scopes, scope))
    throw new AppError('insufficient_scope', { detail: `This needs the scope ${scope}.` });
}

/**
 * As `requireScope`, for what belongs to no organization or to all: whoever is bound to one is kept out.
 * @throws AppError insufficient_scope
 */
export function requireScopeEverywhere(caller: Caller, scope: Scope): void {
  requireScope(caller, scope);
  if (caller.organizationId !== null)
    throw new AppError('insufficient_scope', { detail: 'This needs a key with all rights.' });
}

/** Every organization and every scope. */
export const hasAllRights = (caller: Caller): boolean => caller.organizationId === null && caller.scopes.includes('*');

/** @throws AppError insufficient_scope */
export function requireAllRights(caller: Caller, detail = 'This needs a key with all rights.'): void {
  if (!hasAllRights(caller)) throw new AppError('insufficient_scope', { detail });
}
