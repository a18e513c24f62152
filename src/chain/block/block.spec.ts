import { ChainBuilder, informationContract, tokenContract } from '../../../test/support/chain-builder.js';
import { goldenChain } from '../../../test/support/golden-chains.js';
import canonicalize from 'canonicalize';
import {
  blockHash,
  genesisHeader,
  headerText,
  sealedHeaderText,
  signedText,
  type BlockHeader,
  type SealedHeader,
} from './block.js';
import { chainId, parseContract, type Contract } from '../contract/contract.js';
import type { Hash } from '../bytes/bytes.js';
import { isFault } from '../faults.js';
import type { Fields } from '../bytes/fields.js';
import { parseHeader } from './verify-block.js';

const HEADER: BlockHeader = {
  chain: 'c0'.repeat(32) as Hash,
  index: 2,
  previousHash: 'a1'.repeat(32) as Hash,
  timestamp: 1_760_000_010_000,
  treeRoot: 'b2'.repeat(32) as Hash,
  treeSize: 1,
};
const TEXT =
  `{"chain":"${'c0'.repeat(32)}","index":2,"previous_hash":"${'a1'.repeat(32)}","timestamp":1760000010000,` +
  `"tree_root":"${'b2'.repeat(32)}","tree_size":1,"version":1}`;

describe('a header', () => {
  it('has the canonical bytes, the hash and the signed bytes that it had in the first version, forever', () => {
    expect(headerText(HEADER)).toBe(TEXT);
    expect(headerText(HEADER)).toBe(canonicalize(JSON.parse(TEXT)));
    expect(signedText(HEADER)).toBe(`bpsc/block/v1\n${TEXT}`);
    expect(blockHash(HEADER)).toBe('0b9fd70c506ce1ff45fbb0d1a22c96802081d4fb8c4aa332a07842a1708db91d');
  });

  it('is written with all its digits even where a number is as large as allowed', () => {
    const largest = { ...HEADER, index: 2 ** 53 - 1, timestamp: 2 ** 53 - 1, treeSize: 2 ** 53 - 1 };
    expect(headerText(largest)).toBe(canonicalize(JSON.parse(headerText(largest))));
    expect(headerText(largest)).toContain('"index":9007199254740991');
  });

  it('has the hash that the golden blocks contain', () => {
    for (const name of ['token', 'information', 'signed-token', 'metadata'] as const) {
      for (const block of goldenChain(name).blocks) {
        const header = parseHeader(block) as SealedHeader;
        expect(blockHash(header)).toBe(block.hash);
        expect(JSON.parse(`${sealedHeaderText(header)}}`)).toEqual(
          Object.fromEntries(
            Object.entries(block).filter(([field]) => !['transactions', 'information'].includes(field)),
          ),
        );
      }
    }
  });
});

describe('a genesis header', () => {
  it.each([
    ['token', tokenContract()],
    ['information', informationContract()],
  ])('of a %s chain follows only from its contract', (_kind, json) => {
    const contract = parseContract(json) as Contract;
    const block = new ChainBuilder(json).begin().head;
    const header = genesisHeader(contract);
    expect(header).toEqual({
      chain: chainId(contract),
      index: 1,
      previousHash: '0'.repeat(64),
      timestamp: 1_760_000_000_000,
      treeRoot: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      treeSize: 0,
    });
    expect(blockHash(header)).toBe(block.hash);
  });
});

describe('a header from outside', () => {
  const wire = goldenChain('token').blocks[1] as Fields;

  it('is parsed regardless of additional fields', () => {
    const header = parseHeader({ ...wire, more: 1 });
    expect(header).toEqual({
      chain: wire.chain,
      index: 2,
      previousHash: wire.previous_hash,
      timestamp: 1_760_000_010_000,
      treeRoot: wire.tree_root,
      treeSize: 3,
      hash: wire.hash,
      signature: wire.signature,
    });
  });

  it.each([
    'chain',
    'hash',
    'index',
    'previous_hash',
    'signature',
    'timestamp',
    'tree_root',
    'tree_size',
    'version',
  ])('is refused without %s, and with anything of another form there', (field) => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    const hostile = [undefined, null, true, '', 'x', '1', -1, 1.5, 2 ** 53, Infinity, [], [1], {}, deep, -0];
    for (const value of [...hostile, { toString: 1, valueOf: 1, toJSON: 1 }]) {
      const result = parseHeader({ ...wire, [field]: value });
      if (!isFault(result)) throw new Error(`took ${String(value)}`);
      expect([result.fault, result.field]).toEqual([
        field === 'version' ? 'VERSION_MISMATCH' : 'MALFORMED',
        field,
      ]);
    }
  });
});
