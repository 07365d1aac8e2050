/** What is known of a person. Every source speaks these names; a connection's mapping translates into them. */
export const STANDARD_ATTRIBUTES = [
  'email',
  'givenName',
  'familyName',
  'displayName',
  'phone',
  'extension',
  'department',
  'title',
  'site',
  'locale',
  'externalId',
] as const;
export type StandardAttribute = (typeof STANDARD_ATTRIBUTES)[number];

/** An organization's own fields, `attributes` in the API. */
export type CustomAttribute = `attributes.${string}`;
export type Attribute = StandardAttribute | CustomAttribute;

/** Absent: the source is silent. Null: the source cleared it. */
export type AttributeValues = Partial<Record<Attribute, string | null>>;

export const isStandardAttribute = (name: string): name is StandardAttribute =>
  (STANDARD_ATTRIBUTES as readonly string[]).includes(name);

/** True for the names a mapping or a policy may use. Custom names: letters, digits, `_`, `-`, `.`; at most 64. */
export const isAttribute = (name: string): name is Attribute =>
  isStandardAttribute(name) || /^attributes\.[A-Za-z0-9_.-]{1,64}$/.test(name);
