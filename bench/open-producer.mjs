// A producer without its HTTP side: the real intake, schedule and sealing on a real file.
import path from 'node:path';
import { Registry } from 'prom-client';
import { isTokenContract } from '../dist/chain/contract/kinds.js';
import { readConfig } from '../dist/config/read-config.js';
import { openProducer as openKey } from '../dist/producer/birth/birth.js';
import { SYSTEM_CLOCK as clock } from '../dist/ledger/system-clock.js';
import { DiskGuard } from '../dist/producer/accept/disk-guard.js';
import { draftTransfer } from '../dist/producer/accept/drafts.js';
import { ProducerMetrics } from '../dist/producer/chain/producer-metrics.js';
import { Producer } from '../dist/producer/chain/producer.js';
import { InlineSignatureChecker } from '../dist/signatures/inline-checker.js';
import { openStorage } from '../dist/storage/sqlite/database.js';

/** @param env what differs from the defaults */
export async function openProducer(directory, env = {}) {
  const config = readConfig({
    ROLE: 'producer',
    DATABASE_URL: `file:${path.join(directory, 'producer.db')}`,
    PRODUCER_KEY_FILE: path.join(directory, 'producer-key.pem'),
    ...env,
  });
  const storage = await openStorage(config.databaseFile, 'producer');
  const fail = (error) => {
    console.error(error);
    process.exit(1);
  };
  const producer = new Producer({
    store: storage.store,
    signer: openKey(config, storage.store, clock.now()),
    clock,
    disk: new DiskGuard(config.databaseFile, config.freeDiskBytesMin, clock),
    limits: config,
    metrics: new ProducerMetrics(new Registry()),
    events: {
      accepted() {},
      sealed() {},
      clock() {},
      sealingDelayed: (_chain, error) => fail(error),
      failed: fail,
    },
    signatures: new InlineSignatureChecker(),
  });
  producer.start();
  const tokens = producer.all.filter(({ contract }) => isTokenContract(contract));
  return {
    /** the producers of its token chains */
    tokens,
    /** the first of them */
    token: tokens[0],
    store: storage.store,
    async close() {
      await producer.stop();
      await storage.close();
    },
  };
}

/** The next `count` of the transfers, accepted in one commit. */
export async function submitTransfers(token, bodies, count) {
  const drafts = Array.from({ length: count }, () => draftTransfer(bodies.next().value, token.contract));
  await token.submit(drafts);
}
