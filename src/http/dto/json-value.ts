/**
 * Any JSON value in OpenAPI: each of the six types, so that a generated client accepts and returns all of
 * them.
 */
export const ANY_JSON = [
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'null' },
];
