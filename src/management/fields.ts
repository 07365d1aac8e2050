import { z } from 'zod';
import { normalizeEmail } from '../domain/email-address';
import { isOneLine } from '../domain/text';

/** One line of text in any script, without white space around it: 1 to `max` characters. */
export const line = (max: number) =>
  z
    .string()
    .refine(isOneLine, {
      error: 'Control characters and line breaks are not taken here.',
      params: { code: 'control_characters' },
    })
    .normalize('NFC')
    .trim()
    .min(1)
    .max(max);

/** A short text whose line breaks count: 1 to `max` characters. */
export const lines = (max: number) =>
  z
    .string()
    .transform((text) => text.replace(/\r\n?/g, '\n').trim().normalize('NFC'))
    .pipe(z.string().min(1).max(max))
    .refine((text) => isOneLine(text.replaceAll('\n', ' ')), {
      error: 'Control characters are not taken here.',
      params: { code: 'control_characters' },
    });

/** Text of several lines, such as a document, that storage can hold. */
export const document = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/[\p{Cs}\0]/u.test(text), {
      error: 'The text holds characters that are none.',
      params: { code: 'control_characters' },
    });

/** An e-mail address in its one normal form. */
export const email = z
  .string()
  .transform((text, context) => {
    const address = normalizeEmail(text);
    if (address) return address;
    const params = { code: 'invalid_email' };
    context.addIssue({ code: 'custom', message: 'This is not exactly one e-mail address.', params });
    return z.NEVER;
  })
  .meta({ example: 'anna.lee@acme.example' });

/** Name of a group, licence or permission profile, or its id. */
export const reference = line(200).meta({ description: 'Name, whatever its case, or id.' });

/** An instant with its offset, as ISO 8601; yields it in UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'This is not an ISO 8601 instant such as 2027-03-31T16:00:00Z.' })
  .refine((text) => !(new Date(text).getUTCFullYear() < 1970), { error: 'This is too long ago.' })
  .transform((text) => new Date(text).toISOString())
  .meta({ format: 'date-time' });

/** In JSON a boolean, in a query its name. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
