import { AppError } from '../domain/errors';
import { mendableLines } from '../start-failure';

/** A command that ends with code 1, or 2 when it was not asked rightly. Without lines it has said why already. */
export class Refusal extends Error {
  constructor(
    readonly lines: readonly string[],
    readonly isUsage = false,
  ) {
    super(lines.join('\n'));
    this.name = 'Refusal';
  }
}

/** What to tell whoever typed the command. */
export function explain(error: unknown): readonly string[] {
  if (error instanceof Refusal) return error.lines;
  if (error instanceof AppError) return explainRefusal(error);
  const lines = mendableLines(error);
  if (lines) return lines;
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

function explainRefusal({ code, message, options }: AppError): string[] {
  const fields = options.fields ?? [];
  const said = fields.length === 1 && fields[0]?.message === message;
  return [`${message} (${code})`, ...(said ? [] : fields.map((one) => `  ${one.field}: ${one.message}`))];
}
