import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { ExportFile } from '../management/export-file';

/** Whoever goes away meanwhile is no failure of ours; what fails on the way breaks the file off. */
export async function sendFile(res: Response, { name, type, stream }: ExportFile): Promise<void> {
  res.attachment(name).type(type);
  await pipeline(stream, res).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
