import { z } from 'zod';
import { slugProblem } from '../domain/organization';
import { namedAdminForm } from './admins';
import { newAccountForm } from './account-forms';
import { applicationInFileForm } from './application-forms';
import { newConnectionForm } from './connection-forms';
import { newEntryForm, newLicenceForm } from './directory-forms';
import { newDomainForm } from './domains';
import { brandingForm, newOrganizationForm } from './organization-forms';
import { policyForm } from './policy';

/** A bare name stands for an entry that has nothing but its name. */
const orJust = <T extends z.ZodType>(field: string, form: T) =>
  z.preprocess((value) => (typeof value === 'string' ? { [field]: value } : value), form);

/** Refuses a second entry of the same name, whatever its case. */
const eachOnce = <T extends z.ZodArray>(list: T, nameOf: (entry: z.output<T>[number]) => string) =>
  list.superRefine((entries, context) => {
    const seen = new Set<string>();
    entries.forEach((entry, index) => {
      const name = nameOf(entry).toLowerCase();
      if (seen.has(name))
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `${name} stands here twice.`,
          params: { code: 'duplicate' },
        });
      seen.add(name);
    });
  });

const entries = eachOnce(z.array(orJust('name', newEntryForm)).max(1000), ({ name }) => name);

const organizationForm = z
  .strictObject({
    ...newOrganizationForm.shape,
    branding: brandingForm.optional(),
    domains: eachOnce(z.array(orJust('domain', newDomainForm)).max(1000), ({ domain }) => domain).optional(),
    groups: entries.optional(),
    permissionProfiles: entries.optional(),
    licences: eachOnce(z.array(orJust('name', newLicenceForm)).max(1000), ({ name }) => name).optional(),
    connections: eachOnce(z.array(newConnectionForm).max(100), ({ name }) => name).optional(),
    policy: policyForm.optional(),
    accounts: eachOnce(z.array(newAccountForm).max(10_000), ({ email }) => email).optional(),
    admins: eachOnce(z.array(namedAdminForm).max(1000), ({ email }) => email).optional(),
  })
  .refine(({ slug }) => slugProblem(slug) !== 'reserved', {
    path: ['slug'],
    error: 'This custom URL is reserved.',
    params: { code: 'reserved' },
  });

/** What `drawbridge apply` takes (docs/apply.md). */
export const applyForm = z.strictObject({
  organizations: eachOnce(z.array(organizationForm).max(1000), ({ slug }) => slug),
  applications: eachOnce(z.array(applicationInFileForm).max(1000), ({ clientId }) => clientId).default([]),
});

export type ApplicationInFile = z.output<typeof applicationInFileForm>;

export type OrganizationInFile = z.output<typeof organizationForm>;
export type ApplyForm = z.output<typeof applyForm>;
/** As somebody writes it. */
export type ApplyFile = z.input<typeof applyForm>;
