/**
 * What another node shows of this node's chains on GET /chains, read as cheaply as can be: a node with dozens of chains is
 * asked again and again, and its heads are almost always this node's own.
 */
import { parseHash, type Hash } from '../chain/bytes/bytes.js';
import { asFields, isCount, type Fields } from '../chain/bytes/fields.js';
import { modestJson } from '../chain/bytes/json-size.js';
import { ADVERTISEMENT_VALUES_MAX } from '../ledger/advertisement.js';

/** Nothing in it is verified. */
export interface ShownHead {
  readonly id: Hash;
  readonly index: number;
  readonly hash: Hash;
  /** the head as it came */
  readonly fields: Fields;
  /** the texts that are shown as checkpoints of the chain */
  readonly checkpoints: readonly string[];
  /** whether the node says that it has evidence against the chain's producer */
  readonly isFrozen: boolean;
}

/** Characters of a text that may be a checkpoint: with more signatures than a note may have. */
const CHECKPOINT_CHARACTERS_MAX = 16_384;

/**
 * @param isOurs whether this node has a chain
 * @returns undefined if the text is not a node's answer
 */
export function readShownHeads(
  text: string,
  isOurs: (id: Hash) => boolean,
): readonly ShownHead[] | undefined {
  const chains = asFields(modestJson(text, ADVERTISEMENT_VALUES_MAX))?.chains;
  if (!Array.isArray(chains)) return undefined;
  const heads = new Map<Hash, ShownHead>();
  for (const item of chains as unknown[]) {
    const shown = readItem(asFields(item) ?? {}, isOurs);
    if (shown !== undefined && !heads.has(shown.id)) heads.set(shown.id, shown);
  }
  return [...heads.values()];
}

function readItem(item: Fields, isOurs: (id: Hash) => boolean): ShownHead | undefined {
  const id = parseHash(item.id);
  const fields = asFields(item.head);
  if (id === undefined || fields === undefined || !isOurs(id)) return undefined;
  const { index } = fields;
  const hash = parseHash(fields.hash);
  if (!isCount(index) || hash === undefined) return undefined;
  const checkpoints = [item.checkpoint, item.cosigned_checkpoint].filter(
    (text) => typeof text === 'string' && text.length <= CHECKPOINT_CHARACTERS_MAX,
  ) as readonly string[];
  return { id, index, hash, fields, checkpoints, isFrozen: asFields(item.frozen) !== undefined };
}
