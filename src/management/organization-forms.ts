import { z } from 'zod';
import { normalizeHelpLink } from '../domain/help-link';
import { slugProblem } from '../domain/organization';
import { email, line, lines } from './fields';

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

const helpLink = z
  .string()
  .transform((text, context) => {
    const link = normalizeHelpLink(text);
    if (link) return link;
    const params = { code: 'invalid_help_link' };
    context.addIssue({ code: 'custom', message: 'This is neither an https address nor an e-mail address.', params });
    return z.NEVER;
  })
  .meta({
    description: 'Where people find help: an https address or an e-mail address.',
    example: 'help@acme.example',
  });

export const brandingForm = z.strictObject({
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour is written as #rrggbb.')
    .toLowerCase()
    .optional(),
  greeting: lines(300).optional().meta({ description: 'Shown below the title of the sign-in page. Plain text.' }),
  help: helpLink.optional(),
});
export type BrandingForm = z.output<typeof brandingForm>;
