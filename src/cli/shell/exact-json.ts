/** JSON from the command line: as strict as a node, so that no number is changed on the way. */
import { JsonError, jsonProblem, parseStrictJson, pointerTo } from '../../chain/bytes/json.js';

/** @returns the value, or what is wrong with the text */
export function parseExactJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return parseStrictJson(text, 0, ({ place, becomes }) => {
      if (becomes === undefined) return;
      throw new JsonError(
        `is a number that JSON readers change to ${becomes}: write it as a text, in quotes`,
        pointerTo(place),
      );
    });
  } catch (error) {
    if (error instanceof JsonError) return { problem: jsonProblem(error) };
    throw error;
  }
}
