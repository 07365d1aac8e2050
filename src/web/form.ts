import express, { type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { AppError } from '../domain/errors';
import { parseForm } from '../management/form';
import type { FieldError } from './page-context';

/** Parses the small forms of the public pages. */
export const smallForm = (): RequestHandler =>
  express.urlencoded({ extended: false, limit: '10kb', parameterLimit: 10 });

/** One text field as it was typed; empty when it is missing or doubled. */
export function textOf(req: Request, field: string): string {
  const value = (req.body as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}

/** Reads a form's fields. Yields what is wrong with which, for the page that shows it again. */
export function readFields<T extends z.ZodType>(
  schema: T,
  values: Readonly<Record<string, string>>,
): { fields: z.output<T> } | { errors: readonly FieldError[] } {
  try {
    return { fields: parseForm(schema, values) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_form') throw error;
    return {
      errors: (error.options.fields ?? []).map(({ field, code }) => ({ field, code: codeFor(field, code, values) })),
    };
  }
}

const codeFor = (field: string, code: string, values: Readonly<Record<string, string>>): string =>
  values[field]?.trim() ? code : 'required';
