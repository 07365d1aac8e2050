import { z } from 'zod';
import { endAccountSession, listAccountSessions } from '../../../management/account-sessions';
import { readIdentities } from '../../../management/accounts';
import { readAccountSources } from '../../../management/contacts';
import { mergeAccounts, mergeForm } from '../../../management/merge';
import { readProvenance } from '../../../management/provenance';
import { SOURCE_KINDS } from '../../../domain/policy';
import { account as accountView, accountSources, identities } from './person-schemas';
import { route, type ApiRoute } from './route';
import { id, instant } from './schemas';

const tag = 'Accounts';
const path = '/organizations/{org}/accounts';
const text = z.string();

const source = z.strictObject({ id, kind: z.enum(SOURCE_KINDS), name: text });

const field = z
  .strictObject({
    field: text,
    value: text.nullable(),
    because: z.enum(['source', 'default', 'composed', 'kept']).meta({
      description:
        '`default`: the policy gives it; `composed`: from the names; `kept`: although its owner says otherwise, or nobody speaks.',
    }),
    source: source.nullable().meta({ description: 'Whose word counts among those who speak.' }),
    saidAt: instant.nullable(),
    others: z.array(z.strictObject({ source, value: text.nullable(), saidAt: instant })),
  })
  .meta({ id: 'FieldProvenance' });

const provenance = z
  .strictObject({
    attributes: z.array(field),
    access: z.array(field),
    groups: z.array(
      z.strictObject({
        id,
        name: text,
        because: z.array(z.strictObject({ why: z.enum(['source', 'hand', 'default']), source, since: instant })),
      }),
    ),
  })
  .meta({ id: 'AccountProvenance' });

const sessions = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id,
        connectionId: id.nullable().meta({ description: 'Null: by password.' }),
        amr: z.array(text),
        acr: text.nullable(),
        authenticatedAt: instant,
        createdAt: instant,
        lastSeenAt: instant,
        expiresAt: instant,
        userAgent: text.nullable(),
      }),
    ),
  })
  .meta({ id: 'AccountSessions' });

const merge = z
  .strictObject({
    done: z.boolean(),
    survivor: accountView,
    merged: accountView.meta({ description: 'As it was.' }),
    identities: z.array(z.strictObject({ connectionId: id, connectionName: text, issuer: text, subject: text })),
    groups: z.array(z.strictObject({ id, name: text })).meta({ description: 'By hand, and new to the survivor.' }),
    sources: z.array(z.strictObject({ id, name: text })).meta({ description: 'They mean the survivor from now on.' }),
    sessionsEnded: z.number().int(),
  })
  .meta({ id: 'Merge' });

/** What the page of one account shows besides the account itself. */
export const accountDetailRoutes: readonly ApiRoute[] = [
  route({
    ...{ method: 'get', path: `${path}/{id}/identities`, tag, scope: 'accounts:read' },
    summary: 'How an account signs in',
    answer: { status: 200, schema: identities },
    handle: ({ deps, caller, org, id: account }) => readIdentities(deps, caller, org, account),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/sources`, tag, scope: 'accounts:read' },
    summary: 'What each source said of the person',
    answer: { status: 200, schema: accountSources },
    handle: ({ deps, caller, org, id: account }) => readAccountSources(deps, caller, org, account),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/provenance`, tag, scope: 'accounts:read' },
    summary: 'For each value, who said it and what the others say',
    answer: { status: 200, schema: provenance },
    handle: ({ deps, caller, org, id: account }) => readProvenance(deps, caller, org, account),
  }),
  route({
    ...{ method: 'get', path: `${path}/{id}/sessions`, tag, scope: 'accounts:read' },
    summary: 'The sessions in force of an account',
    answer: { status: 200, schema: sessions },
    handle: ({ deps, caller, org, id: account }) => listAccountSessions(deps, caller, org, account),
  }),
  route({
    ...{ method: 'delete', path: `${path}/{id}/sessions/{session}`, tag, scope: 'accounts:write' },
    summary: 'End one session of an account',
    answer: { status: 204 },
    handle: ({ deps, caller, org, id: account, session }) => endAccountSession(deps, caller, org, account, session),
  }),
  route({
    ...{ method: 'post', path: `${path}/{id}/merge`, tag, scope: 'accounts:write' },
    summary: 'Merge another account of the same person into this one',
    description:
      'Identities, groups by hand and what sources say move here; the other account is deleted, its sessions end, its ' +
      'password and e-mail links count no more.',
    body: mergeForm,
    answer: { status: 200, schema: merge },
    refusals: ['invalid_state_change'],
    handle: ({ deps, caller, org, id: account, body }) => mergeAccounts(deps, caller, org, account, body),
  }),
];
