/** A worker thread that checks batches of signatures, one at a time. */
import { parentPort } from 'node:worker_threads';
import { checkBatch } from './check-batch.js';
import type { SignedText } from './signature-checker.js';

const port = parentPort;
port?.on('message', (signed: readonly SignedText[]) => {
  port.postMessage(checkBatch(signed));
});
