/** What a client wants, in the leaf's words: the model compares it with what is sealed. */
import type { JsonObject } from '../model/model.js';

export interface Intent {
  /** the chain's id */
  readonly chain: string;
  readonly fields: JsonObject;
}

/** Identifies an intent in requests: a sender's nonce on a chain. */
export function intentKey(chain: string, sender: string, nonce: string): string {
  return `${chain} ${sender} ${nonce}`;
}
