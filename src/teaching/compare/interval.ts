/** Measures a network during an interval: payments are sent at a constant rate, and the nodes' resource use is counted. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ChildNode } from '../network/child-node.js';
import { usage, type Usage } from '../network/meter.js';
import type { Payment } from '../network/networks.js';
import type { Observed } from './figures.js';

export interface Timing {
  readonly seconds: number;
  readonly perSecond: number;
  readonly stop: AbortSignal;
}

/** A network under measurement. */
export interface Subject {
  readonly nodes: readonly ChildNode[];
  /** the folder of their data */
  readonly folder: string;
  /** Sends a payment. @returns its identifier; undefined if it was refused */
  send(payment: Payment, number: number): Promise<string | undefined>;
  /** Records the nodes' progress. It is called often, so it requests as little as possible. */
  look(): Promise<void>;
  /**
   * Called after the interval, since it may read whole chains.
   * @param sentAt the time in milliseconds of each payment, by its identifier
   * @returns seconds to final of each payment that is final
   */
  delays(sentAt: ReadonlyMap<string, number>): Promise<readonly number[]>;
  blocks(): Promise<number>;
}

const LOOK_MS = 250;
/** An interval is extended until something is final, but at most by this. */
const PATIENCE_SECONDS = 180;

export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** @throws Error if nothing becomes final, Stopped */
export async function measure(subject: Subject, { seconds, perSecond, stop }: Timing): Promise<Observed> {
  const sentAt = new Map<string, number>();
  const before = await usageOf(subject);
  const blocksBefore = await subject.blocks();
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let offered = 0;
  const sending: Promise<void>[] = [];
  const send = async (number: number): Promise<void> => {
    const at = performance.now();
    const name = await subject.send(paymentOf(number), number).catch(() => undefined);
    if (name !== undefined) sentAt.set(name, at);
  };
  for (;;) {
    if (stop.aborted) throw new Stopped('stopped');
    const due = Math.floor(Math.min(elapsed(), seconds) * perSecond) + 1;
    while (offered < due) sending.push(send(offered++));
    await subject.look();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (elapsed() < seconds) continue;
    const took = elapsed();
    const after = await usageOf(subject);
    const delays = await subject.delays(sentAt);
    if (took > seconds + PATIENCE_SECONDS) throw new Error('no transaction became final');
    if (delays.length === 0) continue;
    await Promise.all(sending);
    return {
      offered,
      delays,
      seconds: took,
      blocks: (await subject.blocks()) - blocksBefore,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      bytesOnWire: after.bytesReceived - before.bytesReceived,
      bytesOnDisk: bytesIn(subject.folder),
    };
  }
}

/** The same payments for every network. */
function paymentOf(number: number): Payment {
  return { sender: 'alice', recipient: 'bob', amount: 1_000_000 + number };
}

/** Of all nodes, including the bytes that they sent to this process. */
async function usageOf({ nodes }: Subject): Promise<Usage> {
  const usages = await Promise.all(nodes.map((node) => node.usage()));
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    bytesReceived: usages.reduce((sum, { bytesReceived }) => sum + bytesReceived, usage().bytesReceived),
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(path.join(folder, name)).size)
    .reduce((sum, size) => sum + size, 0);
}
