/** What a database keeps of a chain's erasures beside the entries, compared with what the chain says. */
import { fault, type Fault } from '../../chain/faults.js';
import type { ChainAudit } from '../chain-audit.js';
import { differs, type Stored } from './stored-facts.js';

interface StoredErasure {
  readonly erasure: Stored;
  readonly record: Stored;
}

/**
 * @param audit after the last entry, waiting ones included
 * @param erasures the rows of the table `erasure`, in order. @param withheld those of `withheld`, in order
 */
export function compareErasures(
  audit: ChainAudit,
  erasures: readonly StoredErasure[],
  withheld: readonly Stored[],
): Fault | undefined {
  const broken = audit.erasures.broken();
  if (broken !== undefined) return broken;
  const pairs = audit.erasures.pairs();
  for (const [place, { erasure, record }] of pairs.entries()) {
    const stored = erasures[place];
    const wrong =
      differs({ sequence: erasure }, 'erasure', erasure, stored?.erasure) ??
      differs({ sequence: erasure }, 'erased record', record, stored?.record);
    if (wrong !== undefined) return wrong;
    if (erasure < audit.entries && audit.erasures.hasContent(record)) return stillThere(record);
  }
  const missing = new Set<Stored>(audit.erasures.withheld().map(({ sequence }) => sequence));
  const wrong = withheld.find((sequence) => !missing.has(sequence));
  return (
    differs({}, 'erasures', pairs.length, erasures.length) ??
    (wrong === undefined ? undefined : differs({}, 'withheld', 'a record without content', wrong))
  );
}

function stillThere(sequence: number): Fault {
  const expected = 'nothing: a sealed erasure erases it';
  return fault('STORED_MISMATCH', { sequence, field: 'information', expected, found: 'its content' });
}
