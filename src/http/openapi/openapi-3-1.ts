/** Converts the OpenAPI 3.0 of Nest and Terminus into 3.1, in which schemas are JSON Schema. */

type Fields = Record<string, unknown>;

/** Keys that contain values, whatever the names of their fields. */
const VALUES: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Replaces `nullable`, which JSON Schema doesn't have, by the type null. Works in place. */
export function useNullType(node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) useNullType(item);
    return;
  }
  if (!isFields(node)) return;
  for (const [key, value] of Object.entries(node)) if (!VALUES.has(key)) useNullType(value);
  if (node.nullable === true) allowNull(node);
  delete node.nullable;
}

function allowNull(schema: Fields): void {
  const { allOf, type } = schema;
  if (Array.isArray(allOf)) {
    // This is how Nest writes a reference with a description.
    schema.anyOf = [...(allOf as unknown[]), { type: 'null' }];
    delete schema.allOf;
    delete schema.type;
    return;
  }
  schema.type = [type, 'null'];
  if (Array.isArray(schema.enum)) schema.enum = [...(schema.enum as unknown[]), null];
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
