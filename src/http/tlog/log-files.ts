/** The files of a tiled log (C2SP tlog-tiles, protocol section 9), generated from the store on request. */
import { contractText } from '../../chain/contract/contract.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { formatBlockLines, sealedHeaderLine } from '../../chain/block/sealed-header-text.js';
import { formatContentLines } from '../../chain/entry/content-text.js';
import { encodeBundle, tileWidth } from '../../chain/tree/tiles.js';
import { parseNumberPath, parseTilePath, TILE_HEIGHT, TILE_WIDTH } from '../../chain/tree/tile-path.js';
import { isInformationStore, type AnyChainStore } from '../../ledger/chain-store.js';
import { checkpointOf } from '../../ledger/checkpoints.js';
import { IMMUTABLE } from '../chains/send.js';
import { JSON_TYPE, LINES_TYPE } from '../requests/request.js';

export interface LogFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly body: string | Uint8Array;
}

export const TEXT_TYPE = 'text/plain; charset=utf-8';
const BYTES_TYPE = 'application/octet-stream';
const NO_CACHE = 'no-cache';
/** Content may be erased, so it is never immutable. */
const FOR_A_MINUTE = 'public, max-age=60';

/** @param path relative to the chain's folder. @returns undefined if there is no such file, or not yet */
export function logFile(store: AnyChainStore, path: string): LogFile | undefined {
  const { header } = store.head();
  switch (path) {
    case 'checkpoint': {
      const signed = store.signedHead();
      return signed && { type: TEXT_TYPE, cacheControl: NO_CACHE, body: checkpointOf(store, signed) };
    }
    case 'contract.json':
      return { type: JSON_TYPE, cacheControl: IMMUTABLE, body: contractText(store.chain.contract) };
    case 'head.json':
      return { type: JSON_TYPE, cacheControl: NO_CACHE, body: sealedHeaderLine(header) };
    default:
      return path.startsWith('content/') ? contentFile(store, path) : tiledFile(store, path);
  }
}

function tiledFile(store: AnyChainStore, path: string): LogFile | undefined {
  const name = parseTilePath(path);
  if (name === undefined) return undefined;
  const { header } = store.head();
  const { kind, level, index, width } = name;
  const items = kind === 'block' ? header.index : header.treeSize;
  // A width smaller than the current one belongs to an earlier head: its bytes never change.
  if (tileWidth(level, index, items) < width) return undefined;
  const from = index * TILE_WIDTH;
  if (kind === 'tile') {
    return { type: BYTES_TYPE, cacheControl: IMMUTABLE, body: hashes(store, level, from, width) };
  }
  if (kind === 'entries') {
    const leaves = store.entries(from, from + width, width).map(({ leafText }) => Buffer.from(leafText));
    return { type: BYTES_TYPE, cacheControl: IMMUTABLE, body: encodeBundle(leaves) };
  }
  const body = formatBlockLines(store.headers(from + 1, width));
  return { type: LINES_TYPE, cacheControl: IMMUTABLE, body };
}

function hashes(store: AnyChainStore, level: number, from: number, width: number): Uint8Array {
  if (level === 0) return store.leafHashes(from, width);
  const nodes = Array.from({ length: width }, (_, place) => ({
    level: level * TILE_HEIGHT,
    index: from + place,
  }));
  return Buffer.concat(nodes.map((node) => store.tree.root(node)));
}

/** For information chains: a line for each sealed entry, fewer than 256 if the chain has no more yet. */
function contentFile(store: AnyChainStore, path: string): LogFile | undefined {
  const index = parseNumberPath(path.slice('content/'.length));
  if (index === undefined || !kindOf(store.chain.contract).mayBeErased || !isInformationStore(store))
    return undefined;
  const from = index * TILE_WIDTH;
  const to = Math.min(from + TILE_WIDTH, store.head().header.treeSize);
  if (from >= to) return undefined;
  const lines = store.entries(from, to, TILE_WIDTH).map(({ content }) => content ?? 'erased');
  return { type: LINES_TYPE, cacheControl: FOR_A_MINUTE, body: formatContentLines(lines) };
}
