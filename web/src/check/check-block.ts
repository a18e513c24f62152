/**
 * Checks one block with nothing but its contract, its parent's header and the tree at its parent, each of which is
 * checked first. Runs in a worker; tests run it in Node.
 */
import { ENTRIES_FIELD, headerText, signedText, type SealedHeader } from '../../../src/chain/block/block.js';
import { isInformationContract } from '../../../src/chain/contract/kinds.js';
import { fromHex, hashHex, parseHash } from '../../../src/chain/bytes/bytes.js';
import { chainId, parseContract, type Contract } from '../../../src/chain/contract/contract.js';
import { fault, isFault, type Fault } from '../../../src/chain/faults.js';
import { asFields } from '../../../src/chain/bytes/fields.js';
import { JsonError, parseStrictJson } from '../../../src/chain/bytes/json.js';
import { Frontier } from '../../../src/chain/tree/tree.js';
import {
  parseHeader,
  verifyBlockSteps,
  verifySeal,
  type ParentState,
  type VerifiedBlock,
} from '../../../src/chain/block/verify-block.js';
import { firstBad, type Signed, type SignatureEngine } from './signatures.js';
import { STEP_IDS, stepOfFault, type Step, type StepId, type StepState } from './steps.js';

/** Levels around an information record: the block, its entries, the entry. */
const OUTER_DEPTH = 3;

export interface Opened {
  readonly header: SealedHeader;
  /** the canonical bytes that were hashed */
  readonly headerText: string;
  readonly entries: readonly unknown[];
  readonly characters: number;
}

export interface CheckInput {
  readonly chain: string;
  readonly index: number;
  /** the text that the node answers; throws what it refuses */
  readonly ask: (path: string) => Promise<string>;
  readonly engine: SignatureEngine;
  /** the block's forms are right: it can be shown, nothing is proven yet */
  readonly opened: (block: Opened) => void;
  readonly progress: (steps: readonly Step[], share: number) => void;
  /** lets others have their turn */
  readonly pause: () => Promise<void>;
}

export interface Verdict {
  readonly steps: readonly Step[];
  readonly fault: Fault | undefined;
  readonly contract: Contract | undefined;
  readonly parent: ParentState | undefined;
  readonly verified: VerifiedBlock | undefined;
}

/** What stops a check: kept apart from errors of the network and of ours. */
class Found extends Error {
  constructor(
    readonly step: StepId,
    readonly fault: Fault,
  ) {
    super(fault.message);
  }
}

export async function checkBlock(input: CheckInput): Promise<Verdict> {
  return new Check(input).run();
}

class Check {
  private readonly states = new Map<StepId, { state: StepState; note?: string }>(
    STEP_IDS.map((id) => [id, { state: 'waiting' }]),
  );
  private contract: Contract | undefined;
  private parent: ParentState | undefined;

  constructor(private readonly input: CheckInput) {}

  async run(): Promise<Verdict> {
    let verified: VerifiedBlock | undefined;
    let found: Fault | undefined;
    try {
      verified = await this.all();
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      found = error.fault;
      this.set(error.step, 'failed', error.fault.fault);
      // What came before in the protocol's order held; what comes after was not looked at.
      for (const [id, { state }] of this.states) if (state === 'running') this.set(id, 'waiting');
    }
    const { contract, parent } = this;
    return { steps: this.steps(), fault: found, contract, parent, verified };
  }

  private async all(): Promise<VerifiedBlock> {
    const { chain, index, ask, opened } = this.input;
    this.set('contract', 'running');
    this.tell(0);
    const text = ask(`/chains/${chain}/blocks/${index}`);
    // Awaited below: until then a refusal must not count as unhandled.
    text.catch(() => undefined);
    const contract = await this.readContract();
    const block = parsed(await text, index);
    const header = headerOf(block);
    const entries = asFields(block)?.[ENTRIES_FIELD[contract.kind]];
    const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
    opened({ header, headerText: headerText(header), entries: list, characters: (await text).length });
    this.set('parent', 'running');
    this.tell(0);
    this.parent = await this.readParent(contract);
    return this.verify(contract, block, list);
  }

  private async readContract(): Promise<Contract> {
    const { chain, ask } = this.input;
    const fields = asFields(JSON.parse(await ask(`/chains/${chain}`)) as unknown) ?? {};
    const contract = parseContract(fields.contract);
    if (isFault(contract)) throw new Found('contract', contract);
    const id = chainId(contract);
    if (fields.id !== id) {
      const detail = { field: 'id', expected: id, found: String(fields.id) };
      throw new Found('contract', fault('CHAIN_ID_MISMATCH', detail));
    }
    this.contract = contract;
    this.set('contract', 'done', id);
    return contract;
  }

  /** The header before, by its signature; and the tree at it, by the root in that header. */
  private async readParent(contract: Contract): Promise<ParentState | undefined> {
    const { chain, index, ask } = this.input;
    if (index === 1) {
      this.set('parent', 'none', 'This is the first block: it follows from the contract alone.');
      return undefined;
    }
    const before = index - 1;
    const [page, tree] = await Promise.all([
      ask(`/chains/${chain}/headers?from=${before}&limit=1`),
      ask(`/chains/${chain}/blocks/${before}/frontier`),
    ]);
    const { headers } = JSON.parse(page) as { headers?: readonly unknown[] };
    const header = parseHeader(asFields(headers?.[0]) ?? {});
    if (isFault(header)) throw new Found('parent', header);
    if (header.chain !== chainId(contract)) {
      const detail = { index: before, field: 'chain', expected: chainId(contract), found: header.chain };
      throw new Found('parent', fault('CHAIN_MISMATCH', detail));
    }
    if (header.index !== before) {
      const detail = { index: before, field: 'index', expected: String(before), found: String(header.index) };
      throw new Found('parent', fault('INDEX_MISMATCH', detail));
    }
    const broken = verifySeal(header, contract);
    if (broken !== undefined) throw new Found('parent', broken);
    const frontier = readFrontier((JSON.parse(tree) as { frontier?: unknown }).frontier, header.treeSize);
    const root = frontier === undefined ? 'no tree' : hashHex(frontier.root());
    if (frontier === undefined || root !== header.treeRoot) {
      const detail = { index: before, field: 'tree_root', expected: header.treeRoot, found: root };
      throw new Found('parent', fault('TREE_ROOT_MISMATCH', detail));
    }
    this.set('parent', 'done', header.hash);
    return { header, frontier, lastEntryTimestamp: undefined };
  }

  private async verify(contract: Contract, block: unknown, list: readonly unknown[]): Promise<VerifiedBlock> {
    const { parent } = this;
    const signed: Signed[] = [];
    const steps = verifyBlockSteps({
      contract,
      parent,
      block,
      nonceUsed: () => false,
      books: parent === undefined || isInformationContract(contract) ? undefined : 'unchecked',
      // Collected here, checked together below.
      checkSignature: (publicKey, text, signature) => signed.push({ publicKey, text, signature }) > 0,
    });
    this.set('place', 'running');
    let verdict: VerifiedBlock | Fault;
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) {
        verdict = value;
        break;
      }
      this.entriesSoFar(value, list.length);
      await this.input.pause();
    }
    if (!isFault(verdict) || verdict.sequence === undefined) {
      this.entriesDone(contract, list.length);
    }
    // A signature that was collected stands before whatever fault ended the walk.
    await this.checkHolders(signed, list);
    if (isFault(verdict)) throw this.found(verdict);
    this.set('root', 'done', verdict.header.treeRoot);
    this.set('hash', 'done', verdict.header.hash);
    await this.checkSealOnceMore(verdict.header, contract);
    this.tell(1);
    return verdict;
  }

  private entriesSoFar(done: number, of: number): void {
    this.set('place', 'done');
    const note = `${done} of ${of}`;
    for (const id of ENTRY_STEPS) this.set(id, 'running', note);
    this.tell(of === 0 ? 1 : done / of);
  }

  private entriesDone(contract: Contract, count: number): void {
    this.set('place', 'done');
    const state = count === 0 ? 'none' : 'done';
    for (const id of ENTRY_STEPS)
      this.set(id, state, count === 0 ? 'The block is empty.' : `${count} of ${count}`);
    if (isInformationContract(contract) || contract.wallets.policy === 'open') {
      this.set('holders', 'none', 'On this chain senders are names: they sign nothing.');
    }
  }

  private async checkHolders(signed: readonly Signed[], list: readonly unknown[]): Promise<void> {
    if (signed.length === 0) return;
    const { engine, index } = this.input;
    this.set('holders', 'running', `0 of ${signed.length}`);
    this.tell(0);
    const bad = await firstBad(signed, engine, (done) => {
      this.set('holders', 'running', `${done} of ${signed.length}, by ${engine.name}`);
      this.tell(done / signed.length);
    });
    if (bad !== undefined) throw new Found('holders', badHolder(bad, signed, list, index, this.parent));
    this.set('holders', 'done', `${signed.length} of ${signed.length}, by ${engine.name}`);
  }

  /** noble said yes; so must the browser's own code, where there is some. */
  private async checkSealOnceMore(header: SealedHeader, contract: Contract): Promise<void> {
    const { engine } = this.input;
    const { signature } = header;
    const isGood = await engine.check({ publicKey: contract.producer, text: signedText(header), signature });
    if (!isGood) {
      const detail = {
        index: header.index,
        field: 'signature',
        expected: `a signature by ${contract.producer}`,
      };
      throw new Found('seal', fault('BAD_SIGNATURE', { ...detail, found: signature }));
    }
    this.set('seal', 'done', engine.name === 'noble' ? 'by noble' : 'by noble and by WebCrypto');
  }

  /** The steps before the one that failed held, as far as they got. */
  private found(broken: Fault): Found {
    const failed = stepOfFault(broken);
    if (broken.sequence === undefined) {
      for (const id of ['root', 'hash'] as const) {
        if (STEP_IDS.indexOf(id) < STEP_IDS.indexOf(failed)) this.set(id, 'done');
      }
      if (failed === 'place') for (const id of ENTRY_STEPS) this.set(id, 'waiting');
    }
    return new Found(failed, broken);
  }

  private set(id: StepId, state: StepState, note?: string): void {
    this.states.set(id, note === undefined ? { state } : { state, note });
  }

  private steps(): readonly Step[] {
    return STEP_IDS.map((id) => ({ id, ...(this.states.get(id) ?? { state: 'waiting' }) }));
  }

  private tell(share: number): void {
    this.input.progress(this.steps(), share);
  }
}

/** They go on side by side, entry by entry. */
const ENTRY_STEPS = ['ids', 'split', 'order'] as const;

function parsed(text: string, index: number): unknown {
  try {
    return parseStrictJson(text, OUTER_DEPTH).value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const detail = { index, field: `block${error.pointer}`, expected: 'JSON', found: error.message };
    throw new Found('place', fault('MALFORMED', detail));
  }
}

function headerOf(block: unknown): SealedHeader {
  const header = parseHeader(asFields(block) ?? {});
  if (isFault(header)) throw new Found('place', header);
  return header;
}

function readFrontier(nodes: unknown, size: number): Frontier | undefined {
  if (!Array.isArray(nodes)) return undefined;
  const hashes = (nodes as readonly unknown[]).map((node) => parseHash(node));
  return hashes.every((hash) => hash !== undefined) ? Frontier.of(hashes.map(fromHex), size) : undefined;
}

/** Only the producer's returns are not signed: the others stand in the block in the order of their signatures. */
function badHolder(
  bad: number,
  signed: readonly Signed[],
  list: readonly unknown[],
  index: number,
  parent: ParentState | undefined,
): Fault {
  const positions = list.flatMap((value, position) => (asFields(value)?.type === 'return' ? [] : [position]));
  const { publicKey = '', signature = '' } = signed[bad] ?? {};
  return fault('BAD_SIGNATURE', {
    index,
    sequence: (parent?.header.treeSize ?? 0) + (positions[bad] ?? 0),
    field: 'signature',
    expected: `a signature by ${publicKey}`,
    found: signature,
  });
}
