import { z } from 'zod';
import { CONNECTION_KINDS } from '../../../connections/connection';
import { ACCOUNT_STATUSES } from '../../../domain/account';
import { LINK_PURPOSES } from '../../../domain/email-link';
import { LINK_REASONS } from '../../../domain/linking';
import { ORGANIZATION_ROLES, OWNER_ROLES } from '../../../domain/portal-role';
import { SOURCE_KINDS, USER_TYPES } from '../../../domain/policy';
import { LINK_STATES } from '../../../management/email-links';
import { id, instant } from './schemas';

const text = z.string();
const texts = z.record(z.string(), z.string());

export const portalAdmin = z
  .strictObject({
    id: id.meta({ description: "The account's." }),
    displayName: text.nullable(),
    email: text,
    status: z.enum(ACCOUNT_STATUSES),
    roles: z.array(z.enum([...ORGANIZATION_ROLES, ...OWNER_ROLES])),
    breakGlass: z.boolean().meta({ description: 'May sign in by password past the identity provider.' }),
    lastSignInAt: instant.nullable(),
  })
  .meta({ id: 'PortalAdmin' });

export const account = z
  .strictObject({
    id,
    organization: text,
    contactId: id,
    contactKind: z.enum(['person', 'organization']).meta({ description: 'Of an organization it is a system account.' }),
    username: text,
    email: text,
    emailVerified: z.boolean(),
    givenName: text.nullable(),
    familyName: text.nullable(),
    displayName: text.nullable(),
    phone: text.nullable(),
    extension: text.nullable(),
    department: text.nullable(),
    title: text.nullable(),
    site: text.nullable(),
    userType: z.enum(USER_TYPES),
    locale: text.nullable(),
    attributes: texts,
    externalId: text.nullable(),
    groups: z.array(text),
    permissionProfile: text.nullable(),
    licence: text.nullable(),
    status: z.enum(ACCOUNT_STATUSES).exclude(['deleted']),
    source: z.enum(SOURCE_KINDS),
    adminManaged: z.boolean(),
    hasSecondFactor: z.boolean().meta({ description: 'Beside the password, an authenticator app is set up.' }),
    accessUntil: instant.nullable(),
    createdAt: instant,
    lastSignInAt: instant.nullable(),
  })
  .meta({ id: 'Account' });

export const identities = z
  .strictObject({
    items: z.array(
      z.strictObject({
        connectionId: id,
        connectionName: text,
        kind: z.enum(CONNECTION_KINDS),
        issuer: text,
        subject: text,
        linkedBy: z.enum(LINK_REASONS).nullable(),
        linkedAt: instant.nullable(),
        lastUsedAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'Identities' });

const saidBySource = z
  .strictObject({
    source: z.strictObject({ id, kind: z.enum(SOURCE_KINDS), name: text }),
    externalId: text.nullable(),
    attributes: z.record(z.string(), text.nullable()).meta({ description: 'Null: the source cleared it.' }),
    emailVerified: z.boolean(),
    presence: z.enum(['present', 'inactive', 'gone']),
    updatedAt: instant,
  })
  .meta({ id: 'SaidBySource' });
export const accountSources = z.strictObject({ items: z.array(saidBySource) }).meta({ id: 'AccountSources' });

const contactFields = {
  id,
  kind: z.enum(['person', 'organization']),
  attributes: texts,
  email: text.nullable(),
  emailVerified: z.boolean(),
  externalId: text.nullable(),
  partOf: z
    .strictObject({ id, name: text.nullable() })
    .nullable()
    .meta({ description: 'The organization, itself a contact, that the person belongs to.' }),
  accountId: id.nullable(),
  createdAt: instant,
  updatedAt: instant,
};
export const contactLine = z.strictObject(contactFields).meta({ id: 'ContactLine' });
export const contact = z.strictObject({ ...contactFields, sources: z.array(saidBySource) }).meta({ id: 'Contact' });

export const emailLink = z
  .strictObject({
    id,
    purpose: z.enum(LINK_PURPOSES),
    accountId: id.nullable(),
    email: text.nullable(),
    state: z.enum(LINK_STATES),
    createdAt: instant,
    expiresAt: instant,
    sentAt: instant.nullable(),
    failedAt: instant.nullable(),
    openedAt: instant.nullable().meta({ description: 'Mail scanners open links too.' }),
    usedAt: instant.nullable(),
    replacedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    failure: z
      .strictObject({ status: z.number().int().nullable(), response: text.nullable() })
      .nullable()
      .meta({ description: "The mail server's answer while it does not take the mail." }),
  })
  .meta({ id: 'EmailLink' });
