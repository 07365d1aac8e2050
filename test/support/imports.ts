import { runImport } from '../../src/management/import-run';
import type { ApiReply, TestApi } from './api';

const BOUNDARY = 'drawbridge-test-boundary';

/** Sends a file as a browser's form does. */
export function upload(
  api: TestApi,
  organization: string,
  content: string | Uint8Array,
  { name = 'people.csv', ...fields }: Readonly<Record<string, string>> = {},
): Promise<ApiReply> {
  const part = (head: string, body: string | Uint8Array) =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]);
  const parts = [
    ...Object.entries(fields).map(([field, value]) => part(`name="${field}"`, value)),
    part(`name="file"; filename="${name}"\r\nContent-Type: application/octet-stream`, content),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ];
  const headers = { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` };
  return api.send('POST', `${organization}/imports`, Buffer.concat(parts), { headers });
}

/** Lets an import go on as a worker would, until it waits for a person. Yields it. */
export async function settle(api: TestApi, organization: string, id: string): Promise<ApiReply['body']> {
  const organizationId = (await api.get(organization)).body.id;
  await runImport(api.management, { organizationId, id });
  return (await api.get(`${organization}/imports/${id}`)).body;
}

/** Reads a file to its end. Yields the import. */
export async function staged(
  api: TestApi,
  organization: string,
  content: string | Uint8Array,
  fields?: Readonly<Record<string, string>>,
): Promise<ApiReply['body']> {
  const { body, status } = await upload(api, organization, content, fields);
  if (status !== 202) throw new Error(`the import was refused: ${JSON.stringify(body)}`);
  return settle(api, organization, body.id);
}

/** Saves an import to its end. Yields it. */
export async function committed(
  api: TestApi,
  organization: string,
  id: string,
  form: object = {},
): Promise<ApiReply['body']> {
  const { body, status } = await api.post(`${organization}/imports/${id}/commit`, form);
  if (status !== 202) throw new Error(`the commit was refused: ${JSON.stringify(body)}`);
  return settle(api, organization, id);
}
