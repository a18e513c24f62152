// Chains that several figures start from, each made once a run.
import { execFile } from 'node:child_process';
import { constants, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const makeChain = path.join(import.meta.dirname, 'make-chain.mjs');
const files = ['producer.db', 'producer-key.pem'];

export class Fixtures {
  #made = new Map();
  #copies = 0;

  constructor(directory, seed) {
    this.directory = directory;
    this.seed = seed;
  }

  /**
   * A directory with the database and the key of a producer whose token chain has so many entries, all sealed, a
   * thousand a block, with the contract that all settings at their defaults give. Only to be read.
   */
  chain(entries) {
    if (!this.#made.has(entries)) this.#made.set(entries, this.#make(entries));
    return this.#made.get(entries);
  }

  /** A copy of it, for a node to run on. */
  async copy(entries) {
    const from = await this.chain(entries);
    const to = path.join(this.directory, `copy-${++this.#copies}`);
    mkdirSync(to);
    for (const file of files) {
      copyFileSync(path.join(from, file), path.join(to, file), constants.COPYFILE_FICLONE);
    }
    return to;
  }

  async #make(entries) {
    const directory = path.join(this.directory, `chain-${entries}`);
    mkdirSync(directory);
    const started = performance.now();
    await promisify(execFile)(process.execPath, [makeChain, directory, String(entries), String(this.seed)]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`made a chain of ${entries.toLocaleString('en')} transactions in ${seconds} s`);
    return directory;
  }
}
