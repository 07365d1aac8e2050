/** The little of an OpenAPI 3.1 document that the reference page shows. */
export interface ApiDocument {
  info: { title: string; version: string; description?: string };
  paths?: object;
  components?: object;
  tags?: readonly { name: string; description?: string }[];
}

interface ApiField {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

interface ApiOperation {
  id: string;
  method: Method;
  path: string;
  summary: string;
  description: string;
  parameters: readonly ApiField[];
  body?: { type: string; fields: readonly ApiField[]; example: string };
  responses: readonly { status: string; description: string; type: string }[];
}

interface ApiReference {
  title: string;
  version: string;
  description: string;
  groups: readonly { id: string; name: string; description: string; operations: readonly ApiOperation[] }[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** Any object of the document, read with care: the document is generated, its extensions are not ours. */
type Node = Readonly<Record<string, unknown>>;
const node = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Groups the operations of an OpenAPI 3.1 document by their first tag, in the document's order. */
export function apiReference(document: ApiDocument): ApiReference {
  const operations = Object.entries(node(document.paths)).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (method in node(item) ? [readOperation(document, path, method, node(item))] : [])),
  );
  const described = document.tags ?? [];
  const names = [...new Set([...described.map((tag) => tag.name), ...operations.map((entry) => entry.tag)])];
  const groups = names.map((name) => ({
    id: slug(name),
    name,
    description: described.find((tag) => tag.name === name)?.description ?? '',
    operations: operations.filter((entry) => entry.tag === name).map((entry) => entry.operation),
  }));
  const { title, version, description = '' } = document.info;
  return { title, version, description, groups: groups.filter((group) => group.operations.length) };
}

function readOperation(
  document: ApiDocument,
  path: string,
  method: Method,
  item: Node,
): { tag: string; operation: ApiOperation } {
  const source = node(item[method]);
  const parameters = [...list(item.parameters), ...list(source.parameters)].map((entry) => resolve(document, entry));
  const content = firstContent(resolve(document, source.requestBody));
  const operation: ApiOperation = {
    id: slug(`${method} ${path}`),
    method,
    path,
    summary: text(source.summary),
    description: text(source.description),
    parameters: parameters.map((entry) => readParameter(document, entry)),
    responses: Object.entries(node(source.responses)).map(([status, entry]) => readResponse(document, status, entry)),
    ...(content && { body: readBody(document, content) }),
  };
  return { tag: text(list(source.tags)[0]) || 'API', operation };
}

const readParameter = (document: ApiDocument, parameter: Node): ApiField => ({
  name: text(parameter.name),
  type: `${typeName(document, parameter.schema)} (${text(parameter.in)})`,
  required: parameter.required === true,
  description: text(parameter.description) || text(resolve(document, parameter.schema).description),
});

function readResponse(document: ApiDocument, status: string, entry: unknown): ApiOperation['responses'][number] {
  const response = resolve(document, entry);
  const content = firstContent(response);
  return {
    status,
    description: text(response.description),
    type: content ? typeName(document, content.media.schema) : '',
  };
}

function readBody(document: ApiDocument, { mediaType, media }: Content): NonNullable<ApiOperation['body']> {
  const schema = resolve(document, media.schema);
  const example = media.example ?? schema.example ?? list(schema.examples)[0];
  return {
    type: mediaType,
    fields: readFields(document, schema),
    example: example === undefined ? '' : JSON.stringify(example, null, 2),
  };
}

/** Fields of an object, including those of what it is composed of; at most four levels, so that a circle ends. */
function readFields(document: ApiDocument, schema: Node, depth = 0): readonly ApiField[] {
  if (depth > 4) return [];
  const composed = [...list(schema.allOf), ...list(schema.oneOf), ...list(schema.anyOf)].map((entry) =>
    resolve(document, entry),
  );
  const required = list(schema.required);
  const own = Object.entries(node(schema.properties)).map(([name, property]) => ({
    name,
    type: typeName(document, property),
    required: required.includes(name),
    description: text(node(property).description) || text(resolve(document, property).description),
  }));
  const all = [...own, ...composed.flatMap((entry) => readFields(document, entry, depth + 1))];
  return [...new Map(all.map((field) => [field.name, field])).values()];
}

interface Content {
  mediaType: string;
  media: Node;
}

function firstContent(holder: Node): Content | undefined {
  const [entry] = Object.entries(node(holder.content));
  return entry && { mediaType: entry[0], media: node(entry[1]) };
}

/** Follows `#/components/…` references; at most eight, so that a circle ends. */
function resolve(document: ApiDocument, value: unknown, depth = 0): Node {
  const reference = text(node(value).$ref);
  if (!reference.startsWith('#/') || depth > 8) return node(value);
  const target = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => node(at)[key], document);
  return resolve(document, target, depth + 1);
}

/** A schema's type in a word or two: `string`, `Account`, `string[]`, `"a" | "b"`. */
function typeName(document: ApiDocument, value: unknown): string {
  const schema = node(value);
  const reference = text(schema.$ref);
  if (reference) return reference.slice(reference.lastIndexOf('/') + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((entry) => JSON.stringify(entry)).join(' | ');
  const alternatives = [...list(schema.oneOf), ...list(schema.anyOf)];
  if (alternatives.length) return [...new Set(alternatives.map((entry) => typeName(document, entry)))].join(' | ');
  const types = Array.isArray(schema.type) ? schema.type.map(text) : [text(schema.type) || 'object'];
  return types.map((type) => (type === 'array' ? `${typeName(document, schema.items)}[]` : type)).join(' | ');
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
