/**
 * An upstream of static files (protocol, section 9) on any web server. It makes of them what a node would send, so that
 * they are judged alike. The checkpoint is read first: everything that it covers was there before it.
 */
import { parseContentText } from '../../chain/entry/content-text.js';
import type { InformationContent } from '../../chain/entry/entry.js';
import type { HttpService } from '@nestjs/axios';
import { parseSealedHeader } from '../../chain/block/sealed-header-text.js';
import { sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import { hashHex, type Hash } from '../../chain/bytes/bytes.js';
import type { Fields } from '../../chain/bytes/fields.js';
import { JsonError, parseStrictJson } from '../../chain/bytes/json.js';
import { sha256 } from '../../chain/bytes/sha256.js';
import { parseLogList, type LogListItem } from '../../chain/contract/log-list.js';
import { fault } from '../../chain/faults.js';
import { parseCheckpoint } from '../../chain/note/checkpoint.js';
import { TILE_WIDTH } from '../../chain/tree/tile-path.js';
import { parseAdvertisement, type Advertisement } from '../../ledger/advertisement.js';
import type { Clock } from '../../ledger/clock.js';
import { withoutStatic } from '../../ledger/static-url.js';
import { PeerFailure } from '../../peer/receive.js';
import { blockTexts } from '../../static/read/block-texts.js';
import { ChainFiles, type FileSizes } from '../../static/read/chain-files.js';
import { BadAnswer, HttpLogHost } from '../../static/read/http-log-host.js';
import { LIST_FILE, readContract, readHeads, readList } from '../../static/read/chain-top.js';
import { BadFile, MissingFile, type LogHost } from '../../static/read/log-host.js';
import { refuse, type Refusal } from './refusal.js';
import { NotANode, UpstreamUnreachable } from './upstream.js';
import type { Page, ServedChain, Upstream } from './upstream-port.js';

export interface StaticUpstreamOptions {
  /** `static:` and a URL without a slash at the end */
  readonly url: string;
  /** how long one request may take without progress, in milliseconds */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** the maximum number of chains of this node: more are not asked for */
  readonly chainsMax: number;
}

const SILENCE_MS_MAX = 10_000;
/** Characters of a text that is no JSON, for the evidence. */
const SHOWN_MAX = 4096;
/** Chains whose files are read concurrently. */
const CHAINS_AT_ONCE = 8;

/** What is known of a chain's files. */
interface KnownChain {
  /** the file contract.json, which never changes */
  contract: string | undefined;
  /** what its files have, by the last head.json */
  sizes: FileSizes | undefined;
}

export class StaticUpstream implements Upstream {
  readonly url: string;
  private readonly known = new Map<Hash, KnownChain>();

  constructor(
    private readonly http: HttpService,
    private readonly options: StaticUpstreamOptions,
  ) {
    this.url = options.url;
  }

  /** What a node that stands where the files stand would answer; it counts as a follower, which may be behind. */
  async advertisement(stop: AbortSignal): Promise<Advertisement | Refusal> {
    return this.guarded(stop, async (host) => {
      const listed = await this.list(host);
      const items: string[] = [];
      let next = 0;
      const work = async (): Promise<void> => {
        for (let place = next++; place < listed.length; place = next++) {
          items[place] = await this.item(host, listed[place] as LogListItem);
        }
      };
      await Promise.all(Array.from({ length: CHAINS_AT_ONCE }, work));
      const text = `{"role":"follower","chains":[${items.filter((item) => item !== '').join()}]}`;
      const advertisement = parseAdvertisement(text);
      return 'fault' in advertisement ? refuse(advertisement, text) : advertisement;
    });
  }

  async *blocks(
    { id, contract }: ServedChain,
    { from, limit, sizeBefore }: Page,
    stop: AbortSignal,
  ): AsyncGenerator<string | Refusal, void, void> {
    const sizes = this.known.get(id)?.sizes;
    if (sizes === undefined) throw new UpstreamUnreachable('its head.json was not read yet');
    const range = {
      from,
      to: Math.min(from + limit - 1, sizes.blocks),
      sizeBefore: from === 1 ? 0 : sizeBefore(),
      sizeAfter: sizes.entries,
    };
    const host = this.host(stop);
    try {
      for await (const text of blockTexts(new ChainFiles(host, id, sizes), contract, range)) {
        if (typeof text === 'string') yield text;
        else {
          const expected = `at most ${text.charactersMax} characters`;
          yield refuse(fault('TOO_LARGE', { index: text.index, expected }), text.text);
        }
      }
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw unreachable(error);
      yield refusal;
    }
  }

  async content(
    { id }: ServedChain,
    { sequence }: { readonly sequence: number },
    stop: AbortSignal,
  ): Promise<InformationContent | undefined> {
    const sizes = this.known.get(id)?.sizes;
    if (sizes === undefined) throw new UpstreamUnreachable('its head.json was not read yet');
    const lines = await this.guarded(stop, (host) =>
      new ChainFiles(host, id, sizes).content(Math.floor(sequence / TILE_WIDTH)),
    );
    const line = 'fault' in lines ? undefined : lines[sequence % TILE_WIDTH];
    return line === undefined ? undefined : parseContentText(line);
  }

  pending(): Promise<Iterable<Fields>> {
    return Promise.reject(new UpstreamUnreachable('static files have no pending transactions'));
  }

  private async list(host: LogHost): Promise<readonly LogListItem[]> {
    const listed = parseLogList(await readList(host));
    // It is nobody's statement about any chain: something else is there, or a file host is misconfigured.
    if (typeof listed === 'string') throw new NotANode(`${LIST_FILE} is not a list of chains: ${listed}`);
    if (listed.length === 0) throw new UpstreamUnreachable(`${LIST_FILE} lists no chain yet`);
    return listed.slice(0, this.options.chainsMax + 1);
  }

  /** A chain as a node lists it; empty if its files are not there yet. */
  private async item(host: LogHost, { id, name }: LogListItem): Promise<string> {
    const known: KnownChain = this.known.get(id) ?? { contract: undefined, sizes: undefined };
    this.known.set(id, known);
    try {
      const contract = known.contract ?? (await readContract(host, id));
      if (hashHex(sha256(contract)) === id) known.contract = contract;
      const { checkpoint, head } = await readHeads(host, id);
      const shown = await this.headAt(host, id, head, checkpoint, known);
      const fields = { id, name, kind: kindIn(contract), checkpoint: shown.checkpoint ?? null };
      return `${JSON.stringify(fields).slice(0, -1)},"contract":${json(contract)},"head":${shown.head}}`;
    } catch (error) {
      if (error instanceof MissingFile) return '';
      // A fault of this chain alone.
      if (error instanceof BadFile) return JSON.stringify({ id, name, kind: null, contract: error.message });
      throw error;
    }
  }

  /**
   * The head that belongs to the checkpoint. head.json is written before the checkpoint: it may be newer already.
   * @returns the head in its wire form
   */
  private async headAt(
    host: LogHost,
    id: Hash,
    text: string,
    checkpointText: string,
    known: KnownChain,
  ): Promise<{ readonly head: string; readonly checkpoint: string | undefined }> {
    const head = sealedHeaderIn(text);
    if (head === undefined) return { head: json(text), checkpoint: checkpointText };
    known.sizes = { blocks: head.index, entries: head.treeSize };
    const checkpoint = parseCheckpoint(checkpointText);
    if (typeof checkpoint === 'string' || checkpoint.size === head.treeSize) {
      return { head: wireText(head), checkpoint: checkpointText };
    }
    // A copy on the way kept an older head: the chain is taken up to that.
    if (checkpoint.size > head.treeSize) return { head: wireText(head), checkpoint: undefined };
    const older = await lastBlockUpTo(checkpoint.size, new ChainFiles(host, id, known.sizes), head);
    return { head: wireText(older), checkpoint: checkpointText };
  }

  private host(stop: AbortSignal): LogHost {
    const { timeoutMs, clock } = this.options;
    const url = withoutStatic(this.url);
    return new HttpLogHost(this.http, { url, timeoutMs, silenceMsMax: SILENCE_MS_MAX, clock, stop });
  }

  private async guarded<T>(stop: AbortSignal, act: (host: LogHost) => Promise<T>): Promise<T | Refusal> {
    try {
      return await act(this.host(stop));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) return refusal;
      throw unreachable(error);
    }
  }
}

/** Binary search: the last block with at most `size` entries before it and in it. */
async function lastBlockUpTo(size: number, files: ChainFiles, head: SealedHeader): Promise<SealedHeader> {
  let found: SealedHeader | undefined;
  let [low, high] = [0, Math.ceil(head.index / TILE_WIDTH) - 1];
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const blocks = await files.blocks(middle);
    const last = blocks.findLast(({ treeSize }) => treeSize <= size);
    if (last === undefined) high = middle - 1;
    else {
      found = last;
      low = middle + 1;
    }
  }
  return found ?? head;
}

function wireText(head: SealedHeader): string {
  return `${sealedHeaderText(head)}}`;
}

function sealedHeaderIn(text: string): SealedHeader | undefined {
  const value = parsed(text);
  const header = value === undefined ? undefined : parseSealedHeader(value.value);
  return typeof header === 'object' ? header : undefined;
}

/** A text from outside, as a value of JSON that can stand in another one. */
function json(text: string): string {
  return parsed(text) === undefined ? JSON.stringify(text.slice(0, SHOWN_MAX)) : text;
}

function kindIn(contract: string): unknown {
  const value = parsed(contract)?.value;
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseStrictJson(text).value };
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** A file of another form than an export writes is the upstream's fault. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof BadFile)) return undefined;
  const { path, expected, found, received } = error;
  return refuse(fault('MALFORMED', { field: path, expected, found }), received);
}

function unreachable(error: unknown): unknown {
  if (error instanceof UpstreamUnreachable) return error;
  if (error instanceof MissingFile) return new UpstreamUnreachable(error.message, { cause: error });
  if (error instanceof BadAnswer) {
    const { message, status } = error;
    return new UpstreamUnreachable(message, { cause: error, status });
  }
  if (!(error instanceof PeerFailure)) return error;
  return error.kind === 'not-http'
    ? new NotANode(error.message, { cause: error })
    : new UpstreamUnreachable(error.message, { cause: error });
}
