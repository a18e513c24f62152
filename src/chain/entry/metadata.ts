/** A transfer's metadata (protocol, section 3): a JSON object that is part of the leaf, and so can't be erased. */
import { asFields } from '../bytes/fields.js';
import { canonicalJson, JSON_DEPTH_MAX, JsonError } from '../bytes/json.js';
import { utf8Length } from './entry-fields.js';

/** Bytes of the canonical JSON, at most. */
export const METADATA_BYTES_MAX = 4096;
/** Levels of arrays and objects, the metadata itself included: the leaf around it is one more. */
export const METADATA_DEPTH_MAX = JSON_DEPTH_MAX - 1;

/** The rest of the sentence, after the field's name. */
export const METADATA_EXPECTED = `must be a JSON object of at most ${METADATA_BYTES_MAX} bytes as canonical JSON`;

/**
 * Returns the canonical text of metadata (RFC 8785).
 * @returns if it has none or is too long, what was expected, as the rest of a sentence after the field's name
 */
export function readMetadata(value: unknown): { readonly text: string } | string {
  if (asFields(value) === undefined) return METADATA_EXPECTED;
  let text: string;
  try {
    text = canonicalJson(value, METADATA_DEPTH_MAX);
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
  return utf8Length(text) > METADATA_BYTES_MAX ? METADATA_EXPECTED : { text };
}
