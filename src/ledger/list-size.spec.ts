import type { PublicKey } from '../chain/bytes/bytes.js';
import { assertJsonSize } from '../chain/bytes/json-size.js';
import { contractJson, type TokenContract } from '../chain/contract/contract.js';
import { ALLOCATIONS_MAX } from '../chain/contract/wallet-policy.js';
import { DECIMALS_MAX, parseRate, WHOLE_DIGITS_MAX, type Rate } from '../chain/entry/amount.js';
import { NAME_CHARACTERS_MAX } from '../chain/entry/entry-fields.js';
import { CHAINS_MAX_MAX, LISTED_CHAIN_MAX, ListRoom } from './list-size.js';
import { COSIGNATURE_LINE_BYTES_MAX, COSIGNATURES_MAX } from './witness-limits.js';

const HEX = 'f'.repeat(64);
/** Four bytes for a character. */
const LONGEST_NAME = '𝔸'.repeat(NAME_CHARACTERS_MAX);

/** @param wallets how many the contract allocates tokens to, with the longest names and amounts */
function longestContract(wallets: number): TokenContract {
  const amount = 10n ** BigInt(WHOLE_DIGITS_MAX + DECIMALS_MAX) - 1n;
  const allocations = Array.from({ length: wallets }, () => ({ address: LONGEST_NAME, amount }));
  return {
    kind: 'token',
    name: 'n'.repeat(32),
    producer: HEX as PublicKey,
    createdAt: Number.MAX_SAFE_INTEGER,
    schedule: { intervalMs: 2_147_483_647, maxEntries: 10_000, sealEmpty: false },
    symbol: '𝔸'.repeat(32),
    decimals: DECIMALS_MAX,
    feeRate: parseRate(`0.${'9'.repeat(DECIMALS_MAX)}`) as Rate,
    feeWallet: LONGEST_NAME,
    feeDisposition: 'collect',
    wallets: { policy: 'open', allocations, issuer: LONGEST_NAME },
  };
}

/** A line feed takes two bytes in JSON. */
const longestCheckpoint =
  'c'.repeat(400) +
  '\n'.repeat(8) +
  `${'s'.repeat(COSIGNATURE_LINE_BYTES_MAX - 1)}\n`.repeat(COSIGNATURES_MAX);

/** An item of GET /chains with the longest value of each field, and its share of the details, as JSON. */
function longestItem(contract: TokenContract): string {
  const index = Number.MAX_SAFE_INTEGER;
  const name = 'n'.repeat(97);
  const item = {
    ...{ name, kind: 'information', id: HEX, contract: contractJson(contract), length: index },
    head: {
      ...{ chain: HEX, index, previous_hash: HEX, timestamp: index, tree_root: HEX, tree_size: index },
      ...{ version: 1, hash: HEX, signature: HEX + HEX },
    },
    verifier_key: 'v'.repeat(256),
    checkpoint: longestCheckpoint,
    cosigned_checkpoint: longestCheckpoint,
    witnessed_size: index,
  };
  return `${JSON.stringify(item)},"lag_blocks_${name}":${index},"fault_${name}":"INFORMATION_HASH_MISMATCH",`;
}

it('no listed chain takes more than is counted for it, however long its fields are', () => {
  const bare = longestItem(longestContract(0));
  expect(Buffer.byteLength(bare)).toBeLessThanOrEqual(LISTED_CHAIN_MAX.bytes);
  expect(() => assertJsonSize(bare, LISTED_CHAIN_MAX.values)).not.toThrow();
  const full = longestItem(longestContract(100));
  const room = new ListRoom([longestContract(100)]);
  const before = new ListRoom([]);
  expect(before.left.bytes - room.left.bytes).toBeGreaterThanOrEqual(Buffer.byteLength(full));
  expect(() => assertJsonSize(full, before.left.values - room.left.values)).not.toThrow();
});

it('there is room for as many chains as CHAINS_MAX allows, and one with all of its allocations', () => {
  const room = new ListRoom([longestContract(ALLOCATIONS_MAX)]);
  const bare = longestContract(0);
  for (let chains = 1; chains < CHAINS_MAX_MAX; chains++) expect(room.take(bare)).toBe(true);
});

it('a chain for which there is no room takes none, and shorter ones still fit', () => {
  const room = new ListRoom([]);
  let chains = 0;
  while (room.take(longestContract(ALLOCATIONS_MAX))) chains++;
  expect(chains).toBe(5);
  expect(room.take(longestContract(0))).toBe(true);
});
