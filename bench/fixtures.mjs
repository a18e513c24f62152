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
   * A directory with the database and the key of a producer whose token chain has this many entries, all sealed, a
   * thousand a block, with the contract that all settings at their defaults give. Read it only.
   * @param chains of a number, that many token chains with this many entries each, named as in chain-list.mjs
   */
  chain(entries, chains) {
    const name = chains === undefined ? `chain-${entries}` : `chains-${chains}-${entries}`;
    if (!this.#made.has(name)) this.#made.set(name, this.#make(name, entries, chains));
    return this.#made.get(name);
  }

  /** A copy of it, for a node to run on. */
  async copy(entries, chains) {
    const from = await this.chain(entries, chains);
    const to = path.join(this.directory, `copy-${++this.#copies}`);
    mkdirSync(to);
    for (const file of files) {
      copyFileSync(path.join(from, file), path.join(to, file), constants.COPYFILE_FICLONE);
    }
    return to;
  }

  async #make(name, entries, chains) {
    const directory = path.join(this.directory, name);
    mkdirSync(directory);
    const started = performance.now();
    const numbers = [entries, this.seed, ...(chains === undefined ? [] : [chains])].map(String);
    await promisify(execFile)(process.execPath, [makeChain, directory, ...numbers]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const what = chains === undefined ? 'a chain' : `${chains} chains`;
    console.log(`made ${what} of ${entries.toLocaleString('en')} transactions in ${seconds} s`);
    return directory;
  }
}
