/** A comparison as text: a table, a plot, and the results for liars and stopped producers. */
import type { Comparison, Figures } from './figures.js';

type NumberName = {
  [Name in keyof Figures]: Figures[Name] extends number ? Name : never;
}[keyof Figures];

const ROWS: readonly (readonly [NumberName, string])[] = [
  ['transactions_offered', 'transactions sent'],
  ['transactions_final', 'of these final'],
  ['seconds', 'seconds measured'],
  ['transactions_per_second', 'final transactions/s'],
  ['seconds_per_block', 'seconds per block'],
  ['seconds_to_final', 'seconds to final (median)'],
  ['cpu_seconds', 'CPU seconds, all nodes'],
  ['joules_per_transaction', 'joules/transaction (estimate)'],
  ['bytes_on_wire_per_transaction', 'bytes on the wire/transaction'],
  ['bytes_on_disk_per_transaction', 'bytes on disk/transaction'],
];
const PLOTTED: readonly NumberName[] = [
  'transactions_per_second',
  'seconds_to_final',
  'joules_per_transaction',
];
const PLOT_COLUMNS = 40;

export function comparisonText(comparison: Comparison): string {
  const networks: readonly (readonly [string, Figures])[] = [
    ['proof of work', comparison.proof_of_work],
    ['proof of stake', comparison.proof_of_stake],
    ['bpsc', comparison.bpsc],
  ];
  const { machine, seconds, offered_per_second, watts_per_core, shortened } = comparison;
  return [
    `${machine}. ${offered_per_second} transactions/s were sent to each network for ${seconds} s.`,
    `Joules are CPU seconds times ${watts_per_core} W, which is an assumption: --watts sets another.`,
    ...shortened.map((text) => `SHORTENED ${text}`),
    '',
    tableOf(networks),
    '',
    ...PLOTTED.map((name) => plotOf(name, networks)),
    ...wordsOf('Final means', networks, ({ final_means }) => final_means),
    ...wordsOf('When a node lies', networks, ({ when_a_node_lies }) => when_a_node_lies),
    ...wordsOf('When the producer stops', networks, ({ when_the_producer_stops }) => when_the_producer_stops),
    'What is unfair about this: docs/comparison.md.',
    '',
  ].join('\n');
}

type Networks = readonly (readonly [string, Figures])[];

function tableOf(networks: Networks): string {
  const rows = [
    ['', ...networks.map(([name]) => name)],
    ...ROWS.map(([name, title]) => [title, ...networks.map(([, figures]) => numberText(figures[name]))]),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   '),
    )
    .join('\n');
}

/** Bars with logarithmic lengths: the networks are orders of magnitude apart. */
function plotOf(name: NumberName, networks: Networks): string {
  const title = ROWS.find(([row]) => row === name)?.[1] ?? name;
  const values = networks.map(([, figures]) => figures[name]);
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.max(Math.ceil(Math.log10(Math.max(...values))), lowest + 1);
  const bars = networks.map(([network, figures]) => {
    const value = figures[name];
    const part = (Math.log10(value) - lowest) / (highest - lowest);
    const bar = '█'.repeat(Math.max(1, Math.round(part * PLOT_COLUMNS)));
    return `  ${network.padEnd(14)} ${bar} ${numberText(value)}`;
  });
  return [`${title} (logarithmic, from ${10 ** lowest} to ${10 ** highest})`, ...bars, ''].join('\n');
}

function wordsOf(title: string, networks: Networks, words: (figures: Figures) => string): readonly string[] {
  return [`${title}:`, ...networks.map(([name, figures]) => `  ${name}: ${words(figures)}.`), ''];
}

function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
