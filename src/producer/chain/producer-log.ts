/** Reports events of a node's own chains to the log and to listeners. */
import { Logger } from '@nestjs/common';
import type { NodeEvents } from '../../ledger/node-events.js';
import type { ClockEvent } from '../plan/clock-watch.js';
import { OutageLog } from './outage-log.js';
import type { ProducerEvents } from './producer.js';

function clockLine({ type, ms }: ClockEvent): string {
  const by = `${Math.abs(ms) / 1000} s`;
  const moved = ms > 0 ? `jumped ahead by ${by}` : `was set back by ${by}`;
  switch (type) {
    case 'jumped':
      return ms > 0
        ? `the wall clock ${moved}: entries are refused until it is back, or has stayed there for a minute`
        : `the wall clock ${moved}: entries are accepted, with times that don't run backwards`;
    case 'returned':
      return `the wall clock, which ${moved}, is back`;
    case 'accepted':
      return `the wall clock, which ${moved}, has stayed there for a minute: it counts from now on`;
    case 'behind':
      return (
        `the clock is ${by} behind the last time on the chains: new entries and blocks keep that time ` +
        'until the clock gets there'
      );
    case 'caught-up':
      return 'the clock has caught up with the last time on the chains';
  }
}

/** All chains store their entries in the same database. */
const ENTRIES = 'entries';

/** Writes to the log, once for each change, and notifies listeners. */
export function logAndEmit(events: NodeEvents, fail: (error: unknown) => void): ProducerEvents {
  const log = new Logger('Sealer');
  const outages = new OutageLog(log);
  return {
    accepted: (entries) => {
      outages.worked(ENTRIES, 'new entries are accepted again');
      if (events.hasListeners) for (const entry of entries) events.emit(entry);
    },
    sealed: (chain, header) => {
      const { index, treeSize, hash } = header;
      events.emit({ type: 'block', chain, header });
      outages.worked(chain.id);
      log.log(`sealed block ${index} of ${chain.name}: ${treeSize} entries so far, hash ${hash}`);
    },
    unstored: (_chain, { code, message }) => {
      outages.failed(ENTRIES, code, `new entries are refused with 503 ${code}: ${message}`);
    },
    sealingDelayed: ({ id, name }, { code, message }) => {
      outages.failed(id, code, `${name} could not be sealed, trying again every second: ${message}`);
    },
    clock: (event) => {
      const line = clockLine(event);
      if (event.type === 'returned' || event.type === 'caught-up') log.log(line);
      else log.warn(line);
    },
    failed: fail,
  };
}
