import type { PullSource } from './source';
import { spreadsheet, type SpreadsheetSettings } from './spreadsheet';

/** Every kind of source whose people are fetched in bulk, with what it needs to know to read. */
export interface PullSettings {
  spreadsheet: SpreadsheetSettings;
}
export type PullKind = keyof PullSettings;

export const pullSources = { spreadsheet } satisfies { [K in PullKind]: PullSource<PullSettings[K]> };

export const isPullKind = (kind: string): kind is PullKind => Object.hasOwn(pullSources, kind);
