import { z } from 'zod';
import { slugProblem } from '../domain/organization';
import { email, line } from './fields';

const slug = z
  .string()
  .refine((text) => slugProblem(text) !== 'malformed', {
    error: 'A custom URL holds lower-case letters, digits and hyphens inside, at most 63.',
    params: { code: 'invalid_slug' },
  })
  .meta({ example: 'acme' });
const name = line(120).meta({ example: 'Acme Inc.' });
const externalId = line(200).nullable().meta({ description: 'Your own id of this organization; unique.' });
const metadata = z.record(line(64), line(500)).refine((entries) => Object.keys(entries).length <= 50, {
  error: 'At most 50 entries.',
  params: { code: 'too_many' },
});
const technicalContacts = z
  .array(email)
  .max(10)
  .meta({ description: 'Whom people are told to ask when they cannot get in.' });

export const newOrganizationForm = z.strictObject({
  slug,
  name,
  externalId: externalId.optional(),
  metadata: metadata.optional(),
  technicalContacts: technicalContacts.optional(),
});
export type NewOrganizationForm = z.output<typeof newOrganizationForm>;

export const organizationChangeForm = newOrganizationForm.partial();
export type OrganizationChangeForm = z.output<typeof organizationChangeForm>;

export const brandingForm = z.strictObject({
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour is written as #rrggbb.')
    .toLowerCase()
    .optional(),
});
export type BrandingForm = z.output<typeof brandingForm>;
