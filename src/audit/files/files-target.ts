/** Audits static files (protocol, section 9), on a web server or in a folder. */
import { HttpService } from '@nestjs/axios';
import { parseSealedHeader, sealedHeaderLine } from '../../chain/block/sealed-header-text.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { asFields } from '../../chain/bytes/fields.js';
import { hashHex } from '../../chain/bytes/bytes.js';
import { JsonError, parseStrictJson } from '../../chain/bytes/json.js';
import { sha256 } from '../../chain/bytes/sha256.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { parseLogList, type LogListItem } from '../../chain/contract/log-list.js';
import { unknownPart } from '../../chain/contract/shown-chain.js';
import { fault, isFault, shown, type Fault } from '../../chain/faults.js';
import { parseCheckpoint, signatureOfHead, type Checkpoint } from '../../chain/note/checkpoint.js';
import type { Clock } from '../../ledger/clock.js';
import { Interrupted, OperatorError } from '../../ledger/errors.js';
import { NodeUnreachable } from '../../peer/node-client.js';
import { PeerFailure } from '../../peer/receive.js';
import { blockTexts } from '../../static/read/block-texts.js';
import { ChainFiles } from '../../static/read/chain-files.js';
import { LIST_FILE, readContract, readHeads, readList } from '../../static/read/chain-top.js';
import { FolderLogHost } from '../../static/read/folder-log-host.js';
import { BadAnswer, HttpLogHost } from '../../static/read/http-log-host.js';
import { BadFile, MissingFile, type LogHost } from '../../static/read/log-host.js';
import { auditText, type AuditBlock, type ChainAudit } from '../chain-audit.js';
import type { AuditTarget, BrokenChain, ChainEnd, TargetChain, UnsupportedChain } from '../target.js';
import { FileComparison } from './file-comparison.js';

export interface WebFilesOptions {
  /** without a slash at the end */
  readonly url: string;
  readonly silenceMsMax: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** @throws NodeUnreachable, OperatorError where there are no such files */
export function openWebFiles(options: WebFilesOptions): Promise<AuditTarget> {
  const { url, silenceMsMax } = options;
  const host = new HttpLogHost(new HttpService(), { ...options, timeoutMs: silenceMsMax });
  return openFiles({ name: url, read: (path, bytesMax) => asked(host, path, bytesMax) });
}

/** @throws OperatorError where there are no such files */
export function openFolder(folder: string): Promise<AuditTarget> {
  return openFiles(new FolderLogHost(folder));
}

async function asked(host: HttpLogHost, path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  try {
    return await host.read(path, bytesMax);
  } catch (error) {
    if (error instanceof BadAnswer) {
      throw new NodeUnreachable(host.name, `/${path}`, `answers with status ${error.status}`, {
        cause: error,
      });
    }
    if (!(error instanceof PeerFailure)) throw error;
    if (error.kind === 'stopped') throw new Interrupted();
    throw new NodeUnreachable(host.name, `/${path}`, error.message, { cause: error });
  }
}

async function openFiles(host: LogHost): Promise<AuditTarget> {
  const chains: (TargetChain | BrokenChain | UnsupportedChain)[] = [];
  for (const item of await listed(host)) chains.push(await openChain(host, item));
  return {
    name: host.name,
    role: 'static',
    begin: nothing,
    chains: () => chains.flatMap((chain) => ('reason' in chain ? [] : chain)),
    unsupported: () => chains.filter((chain) => 'reason' in chain),
    finish: nothing,
    close: () => Promise.resolve(),
  };
}

function* nothing(): Generator<void, undefined, void> {
  yield;
}

/** @throws OperatorError */
async function listed(host: LogHost): Promise<readonly LogListItem[]> {
  try {
    const list = parseLogList(await readList(host));
    if (typeof list !== 'string') return list;
    throw new OperatorError(`${host.name}: ${LIST_FILE} is not a list of chains: ${list}`);
  } catch (error) {
    if (!(error instanceof MissingFile || error instanceof BadFile)) throw error;
    throw new OperatorError(`${host.name} has no static files of bpsc: ${error.message}`, { cause: error });
  }
}

/** What was read of a chain that can be audited. */
interface OpenedChain extends LogListItem {
  readonly contract: Contract;
  readonly head: SealedHeader;
  readonly checkpoint: Checkpoint;
  readonly checkpointText: string;
}

async function openChain(
  host: LogHost,
  item: LogListItem,
): Promise<TargetChain | BrokenChain | UnsupportedChain> {
  const { id, name } = item;
  try {
    const text = await readContract(host, id);
    const value = jsonIn(text);
    const reason = unknownPart({ id, contract: value });
    if (reason !== undefined) return { name, reason };
    const contract = contractIn(text, value, item);
    if (isFault(contract)) return { name, fault: contract };
    const { head: headText, checkpoint: checkpointText } = await readHeads(host, id);
    const head = headIn(headText);
    if (isFault(head)) return { name, fault: head };
    const checkpoint = parseCheckpoint(checkpointText);
    if (typeof checkpoint === 'string') {
      return { name, fault: wrongFile('checkpoint', 'a checkpoint', checkpoint) };
    }
    return targetChain(host, { id, name, contract, head, checkpoint, checkpointText });
  } catch (error) {
    return { name, fault: faultOf(error) };
  }
}

function contractIn(text: string, value: unknown, { id }: LogListItem): Contract | Fault {
  const contract = parseContract(value);
  if (isFault(contract)) return contract;
  // Of the very bytes: a reader needs no canonical form to see whose folder it is.
  const found = hashHex(sha256(text));
  return found === id ? contract : fault('CHAIN_ID_MISMATCH', { field: 'id', expected: id, found });
}

function headIn(text: string): SealedHeader | Fault {
  const head = parseSealedHeader(jsonIn(text));
  if (typeof head === 'string') return wrongFile('head.json', 'a sealed header', head);
  return sealedHeaderLine(head) === text
    ? head
    : wrongFile('head.json', 'written as the protocol says', 'another text');
}

function targetChain(host: LogHost, chain: OpenedChain): TargetChain {
  const { id, name, contract, head } = chain;
  const source = new ChainFiles(host, id, { blocks: head.index, entries: head.treeSize });
  const files = new FileComparison(source, kindOf(contract).mayBeErased);
  /** the last block whose tree the checkpoint may be of */
  const covered: { header: SealedHeader | undefined } = { header: undefined };
  return {
    id,
    name,
    contract,
    size: { blocks: head.index, entries: head.treeSize },
    blocks: () => blocks(chain, source, files, covered),
    *finish(audit: ChainAudit): Generator<void, ChainEnd | Fault, void> {
      yield;
      return finish(chain, files, covered.header, audit);
    },
  };
}

async function* blocks(
  { contract, head, checkpoint }: OpenedChain,
  source: ChainFiles,
  files: FileComparison,
  covered: { header: SealedHeader | undefined },
): AsyncGenerator<AuditBlock | Fault, void, void> {
  const range = { from: 1, to: head.index, sizeBefore: 0, sizeAfter: head.treeSize };
  let index = 0;
  try {
    for await (const text of blockTexts(source, contract, range)) {
      index++;
      if (typeof text !== 'string') {
        return yield fault('TOO_LARGE', { index, expected: `at most ${text.charactersMax} characters` });
      }
      const block = auditText(text, contract, index);
      if (isFault(block)) return yield block;
      const compare: AuditBlock['compare'] = (verified) => {
        files.take(verified);
        if (verified.header.treeSize <= checkpoint.size) covered.header = verified.header;
        return undefined;
      };
      yield { ...block, compare };
      const found = await files.compareFull();
      if (found !== undefined) return yield found;
    }
    const found = await files.compareRest();
    if (found !== undefined) yield found;
  } catch (error) {
    yield faultOf(error);
  }
}

function finish(
  { contract, head, checkpoint, checkpointText }: OpenedChain,
  { files }: FileComparison,
  covered: SealedHeader | undefined,
  audit: ChainAudit,
): ChainEnd | Fault {
  if (audit.head?.hash !== head.hash) {
    const expected = `${head.hash}, as in head.json`;
    return fault('FORKED', {
      index: head.index,
      field: 'hash',
      expected,
      found: audit.head?.hash ?? 'nothing',
    });
  }
  // Its signature, and the fields that its hash covers.
  if (sealedHeaderLine(audit.head) !== sealedHeaderLine(head)) {
    return wrongFile('head.json', sealedHeaderLine(audit.head), sealedHeaderLine(head));
  }
  if (covered?.treeSize !== checkpoint.size) {
    const expected = 'the size of the tree at a block';
    return wrongFile('checkpoint', expected, `${checkpoint.size} of ${head.treeSize} entries`);
  }
  const signature = signatureOfHead(checkpointText, covered, contract.producer);
  if (typeof signature === 'object')
    return wrongFile('checkpoint', signature.expected, shown(checkpointText));
  // contract.json, head.json, checkpoint, and the files of blocks.
  return { files: files + 3 + Math.ceil(head.index / 256) };
}

function wrongFile(file: string, expected: string, found: string): Fault {
  return fault('STORED_MISMATCH', { field: file, expected, found });
}

/** What an export never writes, and what is missing, is a fault of the files. */
function faultOf(error: unknown): Fault {
  if (error instanceof MissingFile) return wrongFile(error.path, 'a file', 'none');
  if (!(error instanceof BadFile)) throw error;
  const { path, expected, found } = error;
  return fault('MALFORMED', { field: path, expected, found });
}

function jsonIn(text: string): unknown {
  try {
    return asFields(parseStrictJson(text).value);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
