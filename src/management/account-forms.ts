import { z } from 'zod';
import { USER_TYPES } from '../domain/policy';
import { readLocale, readPhone, readUsername, type Read } from '../sources/read-cell';
import { email, instant, line, reference } from './fields';

const phone = readBy(readPhone, 60).meta({ example: '+49 (0)30 123-456' });
const locale = readBy(readLocale, 35).meta({ example: 'de-DE' });
const username = readBy(readUsername, 128);

/** A line as the cell of a file is read: one rule for what is typed and what is imported. */
function readBy(read: (text: string) => Read<string>, max: number) {
  return line(max).transform((text, context) => {
    const found = read(text);
    if ('value' in found) return found.value;
    context.addIssue({ code: 'custom', message: found.message, params: { code: found.code } });
    return z.NEVER;
  });
}

const customAttributes = z
  .record(
    z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'A name holds letters, digits, _ - and . only, at most 64.'),
    line(256).nullable(),
  )
  .refine((values) => Object.keys(values).length <= 100, { error: 'At most 100.', params: { code: 'too_many' } });

const optional = {
  displayName: line(200).nullable().optional(),
  phone: phone.nullable().optional(),
  extension: line(20).nullable().optional(),
  department: line(200).nullable().optional(),
  title: line(200).nullable().optional(),
  site: line(120).nullable().optional(),
  locale: locale.nullable().optional(),
  externalId: line(200).nullable().optional(),
  attributes: customAttributes.optional().meta({ description: "The organization's own fields." }),
  userType: z.enum(USER_TYPES).optional(),
  username: username.optional(),
  groups: z.array(reference).max(1000).optional().meta({ description: 'Those given by hand; by name or id.' }),
  permissionProfile: reference.nullable().optional(),
  licence: reference.nullable().optional(),
  adminManaged: z.boolean().optional(),
  accessUntil: instant.nullable().optional(),
};

const password = z
  .string()
  .max(10_000)
  .meta({ format: 'password', description: 'At least 12 characters, not easy to guess.' });

export const newAccountForm = z.strictObject({
  email,
  givenName: line(120),
  familyName: line(120),
  ...optional,
  contactId: z.uuid().optional().meta({ description: 'A known contact that gets the account.' }),
  password: password.optional(),
  sendLink: z
    .boolean()
    .optional()
    .meta({ description: 'Mails a link with which the person sets a password; 48 hours.' }),
});
export const passwordForm = z.strictObject({ password });
export type NewAccountForm = z.output<typeof newAccountForm>;

export const accountChangeForm = z
  .strictObject({
    email,
    givenName: line(120).nullable(),
    familyName: line(120).nullable(),
    ...optional,
  })
  .partial();
export type AccountChangeForm = z.output<typeof accountChangeForm>;
