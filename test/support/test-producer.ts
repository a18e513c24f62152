/** A producer on a real SQLite file, without HTTP, with a clock that the test turns. */
import path from 'node:path';
import { Registry } from 'prom-client';
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { SealedHeader } from '../../src/chain/block/block.js';
import type { Book } from '../../src/chain/books/book.js';
import type { TokenContract } from '../../src/chain/contract/contract.js';
import type { ChainKind } from '../../src/chain/contract/kinds.js';
import { readConfig } from '../../src/config/read-config.js';
import type { ProducerConfig } from '../../src/config/config.js';
import type { AnyChainStore, InformationChainStore, TokenChainStore } from '../../src/ledger/chain-store.js';
import type { LedgerStore } from '../../src/ledger/store.js';
import { openProducer } from '../../src/producer/birth/birth.js';
import { CheckpointFile } from '../../src/producer/birth/checkpoint-file.js';
import type { ClockEvent } from '../../src/producer/plan/clock-watch.js';
import type { ChainProducer } from '../../src/producer/chain/chain-producer.js';
import { DiskGuard } from '../../src/producer/accept/disk-guard.js';
import {
  draftInformation,
  draftTransfer,
  type Draft,
  type TransferRequest,
} from '../../src/producer/accept/drafts.js';
import type { Outcome } from '../../src/producer/accept/intake.js';
import { ProducerMetrics } from '../../src/producer/chain/producer-metrics.js';
import { Producer } from '../../src/producer/chain/producer.js';
import type { Unavailable } from '../../src/ledger/errors.js';
import { NodeEvents } from '../../src/ledger/node-events.js';
import { ManualClock } from './manual-clock.js';
import { InlineSignatureChecker } from '../../src/signatures/inline-checker.js';
import type { SignatureChecker } from '../../src/signatures/signature-checker.js';
import { openStorage, type Storage } from '../../src/storage/sqlite/database.js';

export interface TestProducer {
  readonly producer: Producer;
  /** the first chain of each kind */
  readonly token: ChainProducer;
  readonly information: ChainProducer;
  readonly tokenContract: TokenContract;
  /** the token chain's, with everything that was accepted */
  readonly books: Book;
  readonly tokenStore: TokenChainStore;
  readonly informationStore: InformationChainStore;
  readonly storage: Storage;
  readonly store: LedgerStore;
  readonly clock: ManualClock;
  readonly config: ProducerConfig;
  readonly failures: unknown[];
  /** why entries were not stored, each time */
  readonly unstored: readonly Unavailable[];
  readonly events: NodeEvents;
  readonly sealed: { name: string; header: SealedHeader }[];
  readonly clockEvents: ClockEvent[];
  transfer(request: Partial<TransferRequest>): Promise<Outcome>;
  inform(information: unknown, nonce?: string): Promise<Outcome>;
  erase(erases: Hash, reason?: string, nonce?: string): Promise<Outcome>;
  close(): Promise<void>;
}

export interface TestProducerOptions {
  /** between the producer and its store, to make it fail */
  readonly wrap?: (store: LedgerStore) => LedgerStore;
  readonly clock?: ManualClock;
  readonly signatures?: SignatureChecker;
}

export function producerConfig(folder: string, env: Record<string, string> = {}): ProducerConfig {
  return readConfig({
    ROLE: 'producer',
    PORT: '0',
    DATABASE_URL: `file:${path.join(folder, 'producer.db')}`,
    PRODUCER_KEY_FILE: path.join(folder, 'key.pem'),
    FREE_DISK_BYTES_MIN: '0',
    BLOCK_INTERVAL_MS: '',
    BLOCK_MAX_ENTRIES: '',
    INFORMATION_BLOCK_INTERVAL_MS: '',
    INFORMATION_BLOCK_MAX_ENTRIES: '',
    ...env,
  }) as ProducerConfig;
}

export async function startTestProducer(
  folder: string,
  env: Record<string, string> = {},
  options: TestProducerOptions = {},
): Promise<TestProducer> {
  const config = producerConfig(folder, env);
  const clock = options.clock ?? new ManualClock();
  const storage = await openStorage(config.databaseFile, 'producer');
  const signer = openProducer(config, storage.store, clock.now());
  const store = options.wrap?.(storage.store) ?? storage.store;
  const failures: unknown[] = [];
  const unstored: Unavailable[] = [];
  const events = new NodeEvents();
  const sealed: { name: string; header: SealedHeader }[] = [];
  const clockEvents: ClockEvent[] = [];
  const producer = new Producer({
    store,
    signer,
    clock,
    disk: new DiskGuard(config.databaseFile, config.freeDiskBytesMin, clock),
    limits: config,
    metrics: new ProducerMetrics(new Registry()),
    events: {
      accepted: (entries) => {
        for (const entry of entries) events.emit(entry);
      },
      sealed: (chain, header) => {
        sealed.push({ name: chain.contract.name, header });
        events.emit({ type: 'block', chain, header });
      },
      clock: (event) => clockEvents.push(event),
      unstored: (_chain, error) => unstored.push(error),
      sealingDelayed: (_chain, error) => failures.push(error),
      failed: (error) => failures.push(error),
    },
    signatures: options.signatures ?? new InlineSignatureChecker(),
    checkpoints: config.checkpointFile === undefined ? undefined : new CheckpointFile(config.checkpointFile),
  });
  producer.start();
  const ofKind = (kind: ChainKind): ChainProducer => {
    const chain = producer.all.find(({ contract }) => contract.kind === kind);
    if (chain === undefined) throw new Error(`the producer has no ${kind} chain`);
    return chain;
  };
  const [token, information] = [ofKind('token'), ofKind('information')];
  const tokenContract = token.contract as TokenContract;
  const storeOf = ({ chain }: ChainProducer): AnyChainStore => store.store(chain.id) as AnyChainStore;
  const one = async (chain: ChainProducer, draft: Draft): Promise<Outcome> =>
    (await chain.submit([draft]))[0] as Outcome;
  return {
    producer,
    token,
    information,
    tokenContract,
    books: token.books as Book,
    tokenStore: storeOf(token) as TokenChainStore,
    informationStore: storeOf(information) as InformationChainStore,
    storage,
    store,
    clock,
    config,
    failures,
    unstored,
    events,
    sealed,
    clockEvents,
    transfer: async (request) =>
      one(
        token,
        draftTransfer({ sender: 'alice', recipient: 'bob', amount: '1000000', ...request }, tokenContract),
      ),
    inform: async (value, nonce) => one(information, draftInformation(value, nonce)),
    erase: async (erases, reason, nonce) => one(information, { type: 'erasure', erases, reason, nonce }),
    async close() {
      await producer.stop();
      await storage.close();
    },
  };
}
