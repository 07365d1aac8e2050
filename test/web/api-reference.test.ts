import { apiReference } from '../../src/web/api-reference';

const info = { title: 'API', version: '1' };

test('groups by first tag in the order of the tags, and reads parameters, body and responses', () => {
  const { groups } = apiReference({
    info,
    tags: [{ name: 'B', description: 'second letter' }, { name: 'A' }, { name: 'Unused' }],
    paths: {
      '/a/{id}': {
        get: { tags: ['A'], parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] },
      },
      '/b': {
        post: {
          tags: ['B'],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/New' } } } },
          responses: {
            '201': {
              description: 'Made.',
              content: {
                'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/New' } } },
              },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        New: {
          allOf: [{ type: 'object', required: ['kind'], properties: { kind: { enum: ['x', 'y'] } } }],
          properties: { note: { type: ['string', 'null'] } },
        },
      },
    },
  });
  expect(groups.map(({ name, description }) => [name, description])).toEqual([
    ['B', 'second letter'],
    ['A', ''],
  ]);
  expect(groups[0]?.operations[0]).toMatchObject({
    id: 'post-b',
    body: {
      type: 'application/json',
      fields: [
        { name: 'note', type: 'string | null', required: false },
        { name: 'kind', type: '"x" | "y"', required: true },
      ],
    },
    responses: [{ status: '201', description: 'Made.', type: 'New[]' }],
  });
  expect(groups[1]?.operations[0]?.parameters).toEqual([
    { name: 'id', type: 'string (path)', required: true, description: '' },
  ]);
});

test('a schema that contains itself ends', () => {
  const { groups } = apiReference({
    info,
    paths: {
      '/x': {
        put: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Loop' } } } } },
      },
    },
    components: {
      schemas: { Loop: { $ref: '#/components/schemas/Ring' }, Ring: { $ref: '#/components/schemas/Loop' }, Tree: {} },
    },
  });
  expect(groups[0]?.operations[0]?.body?.fields).toEqual([]);
});

test('a document without paths is an empty reference', () => {
  expect(apiReference({ info })).toEqual({ title: 'API', version: '1', description: '', groups: [] });
});
