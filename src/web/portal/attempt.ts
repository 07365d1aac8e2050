import { AppError } from '../../domain/errors';
import type { FieldError } from '../page-context';

/**
 * Does what a form asks for. What is wrong with its fields comes back, for the page to show it again with what was typed;
 * any other refusal is thrown.
 */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ done: T; errors?: undefined } | { errors: readonly FieldError[] }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof AppError) || !error.options.fields?.length) throw error;
    return { errors: error.options.fields.map(({ field, code }) => ({ field, code })) };
  }
}
