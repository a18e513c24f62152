// What a bench says about itself: the machine, the table.
import { execFileSync } from 'node:child_process';
import os from 'node:os';

export function describeMachine() {
  const cpus = os.cpus();
  const machine = {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit: commit(),
    loadBefore: os.loadavg()[0],
  };
  const { cpu, cores, memoryGiB, system, node } = machine;
  return { ...machine, summary: `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}` };
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param rows as `figure` of rounds.mjs makes them */
export function table(rows) {
  const cells = [
    ['figure', 'unit', 'ours', 'ceiling', 'ratio', 'lowest to highest', 'aim', ''],
    ...rows.map(({ figure, unit, ours, ceiling, ratio, spread, aim }) => [
      figure,
      unit,
      number(ours),
      ceiling === null ? '–' : number(ceiling),
      ratio === null ? '–' : ratio.toFixed(2),
      spread.map((value) => (ratio === null ? number(value) : value.toFixed(2))).join(' to '),
      ...(aim === undefined ? ['–', ''] : [aimText(aim, unit), isMet(aim, ours, ratio) ? 'met' : 'not met']),
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  // Words to the left, numbers to the right.
  const line = (row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

function number(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

function aimText({ ratioMin, ratioMax, oursMin, oursMax }, unit) {
  if (oursMin !== undefined) return `≥ ${oursMin} ${unit}`;
  if (ratioMin !== undefined) return `≥ ${ratioMin}`;
  return ratioMax === undefined ? `≤ ${oursMax} ${unit}` : `≤ ${ratioMax}`;
}

function isMet({ ratioMin, ratioMax, oursMin, oursMax }, ours, ratio) {
  if (oursMin !== undefined) return ours >= oursMin;
  if (ratioMin !== undefined) return ratio >= ratioMin;
  return ratioMax === undefined ? ours <= oursMax : ratio <= ratioMax;
}
