import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { applyForm, type ApplyForm } from '../management/apply-form';
import { parseForm } from '../management/form';
import { Refusal } from './failure';

/**
 * Reads what `apply` takes, from a file or, for `-`, from standard input.
 * @throws Refusal when it cannot be read or is not JSON; AppError invalid_form with every problem by its path
 */
export async function readApplyFile(path: string): Promise<ApplyForm> {
  return parseForm(applyForm, parseJson(await read(path), path));
}

async function read(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new Refusal([`${path} cannot be read: ${error.message}`]);
  });
}

function parseJson(source: string, path: string): unknown {
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Refusal([`${path === '-' ? 'standard input' : path} is not JSON: ${(error as Error).message}`]);
  }
}
