import { z } from 'zod';
import { line } from './fields';

const name = line(120);
const description = line(500).nullable();
const MOST_SEATS = 10_000_000;

const seats = z.number().int().min(0).max(MOST_SEATS).nullable().meta({ description: 'Null: unlimited.' });

/** Groups and permission profiles. */
export const newEntryForm = z.strictObject({ name, description: description.optional() });
export const entryChangeForm = newEntryForm.partial();

export const newLicenceForm = z.strictObject({ name, seats: seats.optional() });
export const licenceChangeForm = newLicenceForm.partial();

export interface NewEntryForms {
  groups: z.output<typeof newEntryForm>;
  permission_profiles: z.output<typeof newEntryForm>;
  licences: z.output<typeof newLicenceForm>;
}
