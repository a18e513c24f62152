/** Runs the same payments through a network of each kind, one after the other, and measures them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Comparison } from './figures.js';
import { runSmart } from './smart-run.js';
import { runStake, stakeNetwork } from './stake-run.js';
import { runWork } from './work-run.js';

export interface CompareOptions {
  /** for each network */
  readonly seconds: number;
  readonly perSecond: number;
  readonly watts: number;
  readonly stop: AbortSignal;
  /** is notified of the current step */
  readonly tell: (text: string) => void;
}

/** The networks' default intervals. */
const ROUND_MS = 10_000;
const BLOCK_INTERVAL_MS = 10_000;
/** How many of them should fit into the measured time. */
const INTERVALS_MIN = 3;
const SHORTEST_MS = 500;

export async function compare(options: CompareOptions): Promise<Comparison> {
  const { seconds, perSecond, watts, stop, tell } = options;
  const timing = { seconds, perSecond, stop };
  const longest = Math.max(SHORTEST_MS, Math.floor((seconds * 1000) / INTERVALS_MIN));
  const roundMs = Math.min(ROUND_MS, longest);
  const blockIntervalMs = Math.min(BLOCK_INTERVAL_MS, longest);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bpsc-compare-'));
  const folderOf = (name: string): string => {
    const own = path.join(folder, name);
    mkdirSync(own);
    return own;
  };
  const stakeFolder = folderOf('stake');
  const stake = stakeNetwork(stakeFolder, roundMs);
  try {
    tell('starting the proof-of-stake server: its first lottery takes 10 s');
    await stake.start();
    tell(`proof of work: three miners, ${seconds} s`);
    const proof_of_work = await runWork(folderOf('work'), timing, watts);
    tell(`smart blockchain: a producer and two followers, ${seconds} s`);
    const bpsc = await runSmart(folderOf('smart'), timing, watts, blockIntervalMs);
    tell(`proof of stake: a server and two validators, ${seconds} s`);
    const proof_of_stake = await runStake(stake, stakeFolder, timing, watts, roundMs);
    return {
      machine: machine(),
      seconds,
      offered_per_second: perSecond,
      watts_per_core: watts,
      shortened: shortened(roundMs, blockIntervalMs),
      proof_of_work,
      proof_of_stake,
      bpsc,
    };
  } finally {
    await stake.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function shortened(roundMs: number, blockIntervalMs: number): readonly string[] {
  const list: string[] = [];
  if (roundMs < ROUND_MS) {
    list.push(`proof of stake: a round every ${roundMs} ms in place of ${ROUND_MS}`);
  }
  if (blockIntervalMs < BLOCK_INTERVAL_MS) {
    list.push(`bpsc: a block every ${blockIntervalMs} ms in place of ${BLOCK_INTERVAL_MS}`);
  }
  return list;
}

function machine(): string {
  const cpus = os.cpus();
  return `${cpus.length} cores of ${cpus[0]?.model.trim() ?? 'unknown kind'}, ${os.type()} ${os.arch()}, Node ${process.version}`;
}
