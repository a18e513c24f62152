/** The measurements of a network, and the figures derived from them. */

/** Of one network, all from the same interval of one run. */
export interface Figures {
  /** the transactions sent to it */
  readonly transactions_offered: number;
  /** of those, final by the end of the interval */
  readonly transactions_final: number;
  /** the interval, in seconds */
  readonly seconds: number;
  readonly transactions_per_second: number;
  readonly blocks: number;
  readonly seconds_per_block: number;
  /** of all nodes, in user and system mode */
  readonly cpu_seconds: number;
  /** cpu_seconds x watts, for each final transaction */
  readonly joules_per_transaction: number;
  /** received over TCP by the nodes and their users: each byte counts once */
  readonly bytes_on_wire: number;
  readonly bytes_on_wire_per_transaction: number;
  /** stored by all nodes */
  readonly bytes_on_disk: number;
  readonly bytes_on_disk_per_transaction: number;
  /** median, from sending a transaction until it is final */
  readonly seconds_to_final: number;
  readonly final_means: string;
  readonly when_a_node_lies: string;
  readonly when_the_producer_stops: string;
}

export interface Comparison {
  readonly machine: string;
  /** of each interval, as requested */
  readonly seconds: number;
  readonly offered_per_second: number;
  /** the assumed power of a busy core */
  readonly watts_per_core: number;
  /** what was shortened so that the run fits into `seconds`; empty: nothing */
  readonly shortened: readonly string[];
  readonly proof_of_work: Figures;
  readonly proof_of_stake: Figures;
  readonly bpsc: Figures;
}

/** The observations of a run; the rest is derived from them. */
export interface Observed {
  readonly offered: number;
  /** seconds to final, of each transaction that is final */
  readonly delays: readonly number[];
  readonly seconds: number;
  readonly blocks: number;
  readonly cpuSeconds: number;
  readonly bytesOnWire: number;
  readonly bytesOnDisk: number;
}

export interface Words {
  readonly finalMeans: string;
  readonly whenANodeLies: string;
  readonly whenTheProducerStops: string;
}

export function figuresOf(observed: Observed, watts: number, words: Words): Figures {
  const { offered, delays, seconds, blocks, cpuSeconds, bytesOnWire, bytesOnDisk } = observed;
  const final = delays.length;
  const each = (amount: number): number => rounded(amount / final);
  return {
    transactions_offered: offered,
    transactions_final: final,
    seconds: rounded(seconds),
    transactions_per_second: rounded(final / seconds),
    blocks,
    seconds_per_block: rounded(seconds / blocks),
    cpu_seconds: rounded(cpuSeconds),
    joules_per_transaction: each(cpuSeconds * watts),
    bytes_on_wire: bytesOnWire,
    bytes_on_wire_per_transaction: each(bytesOnWire),
    bytes_on_disk: bytesOnDisk,
    bytes_on_disk_per_transaction: each(bytesOnDisk),
    seconds_to_final: rounded(median(delays)),
    final_means: words.finalMeans,
    when_a_node_lies: words.whenANodeLies,
    when_the_producer_stops: words.whenTheProducerStops,
  };
}

/** The median of a list with at least one number. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** Rounds to four significant digits: more would be noise. */
function rounded(number: number): number {
  return Number(number.toPrecision(4));
}
