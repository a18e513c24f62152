/** Serves the files of a tiled log (C2SP tlog-tiles, protocol section 9): which there are, their types, and for how long they may be cached. */
import { contractText } from '../../chain/contract/contract.js';
import { sealedHeaderLine } from '../../chain/block/sealed-header-text.js';
import { tileWidth } from '../../chain/tree/tiles.js';
import { parseNumberPath, parseTilePath, TILE_WIDTH } from '../../chain/tree/tile-path.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { checkpointOf, cosignedCheckpoint } from '../../ledger/checkpoints.js';
import { contentOf, hasContent, tiledFile } from '../../ledger/log-files.js';
import { IMMUTABLE } from '../chains/send.js';
import { JSON_TYPE, LINES_TYPE, TEXT_TYPE } from '../requests/request.js';

export interface LogFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly body: string | Uint8Array;
}

const BYTES_TYPE = 'application/octet-stream';
const NO_CACHE = 'no-cache';
/** Content may be erased, so it is never immutable. */
const FOR_A_MINUTE = 'public, max-age=60';

/**
 * @param path relative to the chain's folder
 * @param cosigner the name of a key: the newest checkpoint that it cosigned, where there is one
 * @returns undefined if there is no such file, or not yet
 */
export function logFile(store: AnyChainStore, path: string, cosigner?: string): LogFile | undefined {
  const { header } = store.head();
  switch (path) {
    case 'checkpoint': {
      const signed = store.signedHead();
      const cosigned = cosigner === undefined ? undefined : cosignedCheckpoint(store, cosigner);
      const body = cosigned ?? (signed && checkpointOf(store, signed));
      return body === undefined ? undefined : { type: TEXT_TYPE, cacheControl: NO_CACHE, body };
    }
    case 'contract.json':
      return { type: JSON_TYPE, cacheControl: IMMUTABLE, body: contractText(store.chain.contract) };
    case 'head.json':
      return { type: JSON_TYPE, cacheControl: NO_CACHE, body: sealedHeaderLine(header) };
    default:
      return path.startsWith('content/') ? contentFile(store, path) : sealedFile(store, path);
  }
}

function sealedFile(store: AnyChainStore, path: string): LogFile | undefined {
  const name = parseTilePath(path);
  if (name === undefined) return undefined;
  const { header } = store.head();
  const { kind, level, index, width } = name;
  const items = kind === 'block' ? header.index : header.treeSize;
  // A width smaller than the current one belongs to an earlier head: its bytes never change.
  if (tileWidth(level, index, items) < width) return undefined;
  const type = kind === 'block' ? LINES_TYPE : BYTES_TYPE;
  return { type, cacheControl: IMMUTABLE, body: tiledFile(store, name) };
}

/** For information chains: a line for each sealed entry, fewer than 256 if the chain has no more yet. */
function contentFile(store: AnyChainStore, path: string): LogFile | undefined {
  const index = parseNumberPath(path.slice('content/'.length));
  if (index === undefined || !hasContent(store)) return undefined;
  const from = index * TILE_WIDTH;
  const to = Math.min(from + TILE_WIDTH, store.head().header.treeSize);
  if (from >= to) return undefined;
  const body = contentOf(store.entries(from, to, TILE_WIDTH));
  return { type: LINES_TYPE, cacheControl: FOR_A_MINUTE, body };
}
