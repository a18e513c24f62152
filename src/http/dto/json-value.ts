/** Any JSON value, as OpenAPI says it: each of its six types, so that a generated client takes and gives all of them. */
export const ANY_JSON = [
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'null' },
];
