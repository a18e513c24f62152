/** Reads and checks blocks beside the page, so that ten thousand entries freeze nothing. */
import { toHex } from '../../../src/chain/bytes/bytes.js';
import { isTokenContract, isTransaction } from '../../../src/chain/contract/kinds.js';
import { chainId, parseContract, type Contract } from '../../../src/chain/contract/contract.js';
import { parseEntry, type Entry } from '../../../src/chain/entry/entry.js';
import { fault, isFault, type Fault } from '../../../src/chain/faults.js';
import { asFields } from '../../../src/chain/bytes/fields.js';
import { holderText } from '../../../src/chain/entry/transaction.js';
import { blockSource, hashesOf } from '../../../src/chain/tree/hash-source.js';
import { inclusionSteps, rootOfPath, sideOf } from '../../../src/chain/tree/proofs.js';
import { parseVerifierKey } from '../../../src/chain/note/verifier-key.js';
import { verifyReceipt, type ProvenEntry, type ReceiptProblem } from '../../../src/chain/proof/receipt.js';
import { Frontier } from '../../../src/chain/tree/tree.js';
import { ApiError, getJson, getText } from '../api/get.js';
import type { EntryWire } from '../api/types.js';
import { checkBlock, type Opened } from './check-block.js';
import type { EntryCheck, PathFound, Reply, Request } from './messages.js';
import { chooseEngine } from './signatures.js';

/** Progress is reported no more often: the page has more to do than draw a bar. */
const TELL_MS = 60;

const engine = chooseEngine();
let entries: readonly unknown[] = [];

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  answer(data).catch((error: unknown) => {
    const { status, code } = error instanceof ApiError ? error : { status: -1, code: 'INTERNAL' };
    say({ type: 'failed', status, code, message: error instanceof Error ? error.message : String(error) });
  });
});

function say(reply: Reply): void {
  postMessage(reply);
}

async function answer(request: Request): Promise<void> {
  switch (request.type) {
    case 'check':
      return check(request.chain, request.index);
    case 'page':
      say({
        type: 'page',
        from: request.from,
        entries: entries.slice(request.from, request.to).map(showable),
      });
      return;
    case 'entry':
      say({ type: 'entry', check: await checkEntry(request.chain, request.entry) });
      return;
    case 'path':
      say({ type: 'path', found: await findPath(request.chain, request.index, request.id) });
      return;
    case 'receipt':
      say({ type: 'receipt', result: checkReceipt(request.text, request.keys) });
      return;
  }
}

function checkReceipt(text: string, keys: readonly string[]): ProvenEntry | ReceiptProblem {
  const logs = keys.map(parseVerifierKey).filter((key) => key !== undefined);
  return verifyReceipt(text, { logs });
}

async function check(chain: string, index: number): Promise<void> {
  const startedAt = performance.now();
  let toldAt = 0;
  const { steps, fault: found } = await checkBlock({
    chain,
    index,
    ask: getText,
    engine: await engine,
    opened: (block) => {
      entries = block.entries;
      const { header, headerText, characters } = block;
      say({ type: 'opened', header, headerText, characters, entries: entries.length });
    },
    progress: (current, share) => {
      if (share < 1 && performance.now() - toldAt < TELL_MS) return;
      toldAt = performance.now();
      say({ type: 'progress', steps: current, share });
    },
    pause: turn,
  });
  say({ type: 'verdict', steps, fault: found, ms: performance.now() - startedAt });
}

/** So that a request for a page of entries is heard between two steps. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** What a tampered block has in the place of a text is shown as the text of it. */
function showable(value: unknown): EntryWire {
  const fields = asFields(value) ?? { id: 'not an entry', type: 'unknown', sender: JSON.stringify(value) };
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      isShownAsIs(name, field) ? field : JSON.stringify(field),
    ]),
  ) as unknown as EntryWire;
}

function isShownAsIs(name: string, field: unknown): boolean {
  if (name === 'information' || typeof field === 'string') return true;
  return name === 'erased' || (typeof field === 'number' && /^(timestamp|hold_until)$/.test(name));
}

/** Fields that say where an entry is, and are no part of it. */
const PLACE_FIELDS = new Set([
  'sequence',
  'block',
  'status',
  'level',
  'state',
  'ended_by',
  'hold',
  'available_change',
  'erasure',
]);

async function contractOf(chain: string): Promise<Contract> {
  const { contract: value } = await getJson<{ contract: unknown }>(`/chains/${chain}`);
  const contract = parseContract(value);
  if (isFault(contract)) throw new ApiError(-1, contract.fault, contract.message);
  return contract;
}

async function checkEntry(chain: string, placed: Readonly<Record<string, unknown>>): Promise<EntryCheck> {
  const contract = await contractOf(chain);
  const wire = Object.fromEntries(Object.entries(placed).filter(([name]) => !PLACE_FIELDS.has(name)));
  const entry = parseEntry(wire, contract);
  if (isFault(entry)) return { leafText: undefined, fault: entry, signedBy: undefined };
  return { leafText: entry.leafText, ...(await checkHolder(entry, contract)) };
}

async function checkHolder(entry: Entry, contract: Contract): Promise<Omit<EntryCheck, 'leafText'>> {
  const nothing = { fault: undefined, signedBy: undefined };
  if (!isTransaction(entry) || !isTokenContract(contract)) return nothing;
  const { transaction } = entry;
  if (transaction.type === 'return' || transaction.proof === undefined) return nothing;
  const { publicKey, signature } = transaction.proof;
  const chosen = await engine;
  const text = holderText(transaction, contract, chainId(contract));
  if (await chosen.check({ publicKey, text, signature })) return { fault: undefined, signedBy: chosen.name };
  const detail = { field: 'signature', expected: `a signature by ${publicKey}`, found: signature };
  return { fault: fault('BAD_SIGNATURE', detail), signedBy: undefined };
}

async function findPath(chain: string, index: number, id: string): Promise<PathFound> {
  const seen: { block?: Opened } = {};
  const verdict = await checkBlock({
    chain,
    index,
    ask: getText,
    engine: await engine,
    opened: (block) => void (seen.block = block),
    progress: () => undefined,
    pause: turn,
  });
  const { block } = seen;
  if (block === undefined) throw new ApiError(-1, 'UNREADABLE', verdict.fault?.message ?? 'no block');
  const { header } = block;
  if (verdict.verified === undefined) return { path: [], root: '', header, fault: verdict.fault };
  const ids = verdict.verified.entries.map((entry) => entry.id);
  const position = ids.findIndex((other) => toHex(other) === id);
  const leaf = ids[position];
  if (leaf === undefined) return { path: [], root: '', header, fault: notThere(index, id) };
  const before = verdict.parent?.frontier ?? Frontier.empty();
  const [sequence, size] = [before.size + position, before.size + ids.length];
  const steps = inclusionSteps(sequence, size);
  const proof = hashesOf(steps, blockSource(before, ids)) ?? [];
  const root = rootOfPath(leaf, sequence, size, proof);
  return {
    path: proof.map((hash, place) => ({ side: sideOf(steps[place] ?? [], sequence), hash: toHex(hash) })),
    root: root === undefined ? '' : toHex(root),
    header,
    fault: undefined,
  };
}

function notThere(index: number, id: string): Fault {
  return fault('MALFORMED', {
    index,
    field: 'entries',
    expected: `the entry ${id}`,
    found: 'none of that id',
  });
}
