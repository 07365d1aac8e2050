import { z } from 'zod';
import { CONNECTION_KINDS, CONNECTION_STATES } from '../../../connections/connection';
import { SOURCE_KINDS, USER_TYPES } from '../../../domain/policy';
import { LINK_REQUEST_STATES } from '../../../storage/link-requests';

/** What answers look like; strict, so that a test notices what the document does not tell. */
export const id = z.uuid();
export const instant = z.iso.datetime();
const text = z.string();
const texts = z.record(z.string(), z.string());

export const organization = z
  .strictObject({
    id,
    slug: text,
    name: text,
    externalId: text.nullable(),
    metadata: texts,
    technicalContacts: z.array(text),
    signInUrl: z.url(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Organization' });

export const branding = z
  .strictObject({
    color: text.optional(),
    greeting: text.optional(),
    help: z.url().optional(),
    logoUrl: z.url().optional().meta({ description: 'Public. Absent without a logo; changes with it.' }),
  })
  .meta({ id: 'Branding' });

export const domain = z
  .strictObject({
    id,
    domain: text,
    verified: z.boolean(),
    verifiedAt: instant.nullable(),
    verifiedBy: z.enum(['vouched', 'dns']).nullable(),
    dns: z
      .strictObject({ type: z.literal('TXT'), name: text, value: text })
      .meta({ description: 'The record that proves the domain.' }),
    createdAt: instant,
  })
  .meta({ id: 'Domain' });

const entry = { id, name: text, description: text.nullable(), createdAt: instant };
export const group = z.strictObject(entry).meta({ id: 'Group' });
export const permissionProfile = z.strictObject(entry).meta({ id: 'PermissionProfile' });
export const licence = z
  .strictObject({
    id,
    name: text,
    seats: z.number().int().nullable().meta({ description: 'Null: unlimited.' }),
    used: z.number().int(),
    free: z.number().int().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Licence' });

export const policy = z
  .strictObject({
    allowedSources: z.array(z.enum(SOURCE_KINDS)),
    selfSignupDomains: z.array(text),
    usernameFormat: text,
    defaultGroups: z.array(text),
    defaultPermissionProfile: text.nullable(),
    defaultLicence: text.nullable(),
    whenNoSeat: z.enum(['refuse', 'without_licence']),
    defaultSite: text,
    defaultUserType: z.enum(USER_TYPES),
    requireGroupAndProfile: z.boolean(),
    linkBy: z.array(z.enum(['external_id', 'verified_email'])),
    fieldOwners: z.array(z.strictObject({ field: text, sources: z.array(z.enum(SOURCE_KINDS)) })),
    unknownGroups: z.enum(['ignore', 'create']),
    signInReactivates: z.boolean(),
    sessionHours: z.number().int(),
    idleMinutes: z.number().int(),
    requireSecondFactor: z.boolean(),
  })
  .meta({ id: 'Policy' });

const brakeLimit = z
  .strictObject({ share: z.number(), number: z.number().int() })
  .nullable()
  .meta({ description: 'From when on a run stops and asks; null: never.' });

export const source = z
  .strictObject({
    ...{ id, kind: z.enum(SOURCE_KINDS), name: text, connectionId: id.nullable(), createdAt: instant },
    brake: z.strictObject({ leave: brakeLimit, update: brakeLimit }),
  })
  .meta({ id: 'Source' });

export const linkRequest = z
  .strictObject({
    id,
    accountId: id,
    connectionId: id,
    issuer: text,
    subject: text,
    attemptId: id.nullable(),
    because: text.nullable().meta({ description: 'What stood against the link, as in the ledger.' }),
    state: z.enum(LINK_REQUEST_STATES).meta({
      description: '`proved`: the person signed in the old way. `withdrawn`: overtaken by what happened meanwhile.',
    }),
    createdAt: instant,
    refusedAt: instant.nullable().meta({ description: 'When it was refused last.' }),
    decidedAt: instant.nullable(),
  })
  .meta({ id: 'LinkRequest' });

export const attempt = z
  .strictObject({
    id,
    code: text,
    connectionId: id.nullable().meta({ description: 'Null: by password.' }),
    state: z.enum(['started', 'succeeded', 'refused', 'expired']),
    startedAt: instant,
    finishedAt: instant.nullable(),
    refusalCode: text.nullable(),
    steps: z.array(
      z.looseObject({ rule: text, ok: z.boolean(), expected: text.optional(), received: text.optional() }),
    ),
    accountId: id.nullable(),
    contactId: id.nullable(),
    email: text.nullable().meta({ description: 'Only for keys with `audit-events:read`.' }),
    requestId: text.nullable(),
  })
  .meta({ id: 'SignInAttempt' });

export const auditEvent = z
  .strictObject({
    id,
    at: instant,
    actor: z.looseObject({ kind: text }),
    action: text,
    outcome: text.nullable(),
    contactId: id.nullable(),
    accountId: id.nullable(),
    connectionId: id.nullable(),
    sourceId: id.nullable(),
    attemptId: id.nullable(),
    resource: text.nullable(),
    fields: z.array(text),
    details: z.record(z.string(), z.unknown()),
    requestId: text.nullable(),
    changes: z
      .array(z.strictObject({ field: text, before: text.nullable(), after: text.nullable() }))
      .meta({ description: 'Personal values, until an erasure empties them.' }),
  })
  .meta({ id: 'AuditEvent' });

const apiKeyFields = {
  id,
  organization: text.nullable().meta({ description: 'Slug; null: every organization.' }),
  name: text,
  prefix: text,
  scopes: z.array(text),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
};
export const apiKey = z.strictObject(apiKeyFields).meta({ id: 'ApiKey' });
export const newApiKey = z
  .strictObject({ ...apiKeyFields, key: text.meta({ description: 'Shown this once.' }) })
  .meta({ id: 'NewApiKey' });

export const discovery = z
  .strictObject({
    sso: z.boolean(),
    organization: z.strictObject({ slug: text, name: text }).nullable(),
    signInUrl: z.url(),
  })
  .meta({ id: 'Discovery' });

export const explanation = z
  .strictObject({
    results: z.array(
      z.strictObject({
        connection: z.strictObject({
          id,
          name: text,
          kind: z.enum(CONNECTION_KINDS),
          state: z.enum(CONNECTION_STATES),
        }),
        outcome: z.enum(['sign_in', 'create', 'link', 'refuse']),
        code: text.optional().meta({ description: 'Why it is refused.' }),
        because: text.optional().meta({ description: 'What stands against a link, or what it rests on.' }),
        reason: text,
        account: z.strictObject({ id, status: text, username: text }).optional(),
        wouldHave: z
          .strictObject({
            username: text,
            groups: z.array(text),
            licence: text.nullable(),
            permissionProfile: text.nullable(),
            userType: z.enum(USER_TYPES),
          })
          .optional(),
      }),
    ),
    why: z.array(text).meta({ description: 'What it rests on, in sentences.' }),
  })
  .meta({ id: 'Explanation' });
