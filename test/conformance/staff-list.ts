import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import {
  BookmarkExpired,
  SourceFailure,
  type Bookmark,
  type PullSource,
  type SourceRow,
} from '../../src/sources/source';

/**
 * A second source, as small as one can be: a staff list that is served page by page, and says what changed since. It exists to
 * show what a source costs, and that the engine owes nothing to files.
 */
export interface StaffListSettings {
  url: string;
}

const page = z.object({
  people: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      mail: z.string().nullable(),
      job: z.string().nullable(),
      left: z.boolean(),
    }),
  ),
  next: z.string().nullable(),
  mark: z.string().optional(),
});

export const staffList: PullSource<StaffListSettings> = { kind: 'zendesk', read };

async function* read({ url }: StaffListSettings, since?: string): AsyncGenerator<SourceRow | Bookmark> {
  let line = 0;
  let next: string | null = since ? `${url}?since=${since}` : url;
  while (next) {
    const { people, next: following, mark }: z.output<typeof page> = await fetchPage(next);
    for (const { id, name, mail, job, left } of people)
      yield {
        ...{ line: ++line, externalId: id, presence: left ? 'gone' : 'present' },
        cells: { displayName: name, email: mail, title: job },
      };
    if (mark) yield { bookmark: mark };
    next = following && `${url}${following}`;
  }
}

async function fetchPage(url: string): Promise<z.output<typeof page>> {
  const answer = await fetch(url).catch((cause: unknown) => {
    throw new SourceFailure('unreachable', 'The staff list does not answer.', { cause });
  });
  if (answer.status === 410) throw new BookmarkExpired();
  const read = answer.ok ? page.safeParse(await answer.json()) : undefined;
  if (!read?.success) throw new SourceFailure('unreadable', 'The staff list answers with something else.');
  return read.data;
}

/** Somebody as the list knows them. */
export interface Listed {
  id: string;
  name: string;
  mail: string | null;
  job: string | null;
}

const PER_PAGE = 7;

/** Serves a staff list of its own, with its bad days. */
export async function serveStaffList() {
  const list = {
    people: [] as Listed[],
    left: [] as Listed[],
    /** Pages that are answered before it breaks off. */
    breaksAfter: Infinity,
    forgetsMarks: false,
    tellsTwice: false,
    asked: [] as string[],
  };
  const server = createServer((req, res) => {
    const { searchParams } = new URL(req.url ?? '', 'http://localhost');
    list.asked.push(req.url ?? '');
    const at = Number(searchParams.get('at') ?? 0);
    if (list.forgetsMarks && searchParams.has('since')) return void res.writeHead(410).end();
    if (at / PER_PAGE >= list.breaksAfter) return void res.writeHead(500).end('no');
    const isGone = ({ id }: Listed) => !list.people.some((one) => one.id === id);
    const everyone = [
      ...list.people.map((one) => ({ ...one, left: false })),
      ...list.left.filter(isGone).map((one) => ({ ...one, left: true })),
    ];
    const told = list.tellsTwice ? [...everyone.map((one) => ({ ...one, job: 'Outdated' })), ...everyone] : everyone;
    const isLast = at + PER_PAGE >= told.length;
    const next = isLast ? null : `?at=${at + PER_PAGE}`;
    res.setHeader('Content-Type', 'application/json');
    res.end(
      JSON.stringify({ people: told.slice(at, at + PER_PAGE), next, ...(isLast && { mark: `m${list.asked.length}` }) }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { list, url, stop: () => new Promise((resolve) => server.close(resolve)) };
}
