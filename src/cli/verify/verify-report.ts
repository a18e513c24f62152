/** The result of an audit, for people and for programs. */
import type { Fault } from '../../chain/faults.js';
import { CHAIN_KINDS, kindOf } from '../../chain/contract/kinds.js';
import type { Pins } from '../../audit/target.js';
import type { AuditReport, ChainReport } from '../../audit/run.js';
import type { Paint } from '../shell/paint.js';
import { counted, document, printable, table, thousands } from '../shell/io.js';

export function isClean(report: AuditReport): boolean {
  return (
    report.fault === undefined &&
    report.chains.length > 0 &&
    report.chains.every(({ fault }) => fault === undefined)
  );
}

/** One JSON document. */
export function auditJson(target: string, report: AuditReport): string {
  return document({
    ok: isClean(report),
    target,
    role: report.role,
    chains: report.chains.map(chainJson),
    unsupported: report.unsupported,
    fault: faultJson(report.fault),
  });
}

function chainJson(report: ChainReport): object {
  const { name, chain, head, seconds, fault, waiting, wallets, holds, erased, withheld, files } = report;
  return {
    ok: fault === undefined,
    name,
    kind: chain?.contract.kind ?? null,
    id: chain?.id ?? null,
    producer: chain?.contract.producer ?? null,
    blocks: head?.index ?? 0,
    entries: head?.treeSize ?? 0,
    entries_waiting: waiting ?? null,
    wallets_compared: wallets ?? null,
    holds_compared: holds ?? null,
    records_erased: erased ?? null,
    records_without_content: withheld ?? null,
    files_compared: files ?? null,
    head_hash: head?.hash ?? null,
    tree_root: head?.treeRoot ?? null,
    seconds: Number(seconds.toFixed(3)),
    entries_per_second: rate(report),
    fault: faultJson(fault),
  };
}

function faultJson(fault: Fault | undefined): object | null {
  if (fault === undefined) return null;
  const { fault: code, ...rest } = fault;
  return { code, ...rest };
}

function rate({ head, seconds }: ChainReport): number | null {
  return head === undefined || seconds === 0 ? null : Math.round(head.treeSize / seconds);
}

/** @param pins what the ids and keys were compared with */
export function auditText(target: string, report: AuditReport, pins: Pins, paint: Paint): string {
  const chains = report.chains.map((chain) => `${chainText(chain)}\n`).join('');
  const faults = [...report.chains, { name: printable(target), fault: report.fault }].flatMap(
    ({ name, fault }) => (fault === undefined ? [] : [faultText(name, fault, paint)]),
  );
  const verdict =
    faults.length > 0
      ? `${faults.join('\n')}\n${paint.bad(`${printable(target)} is NOT valid.`)}\n`
      : `${paint.good('OK:')} every block and every entry was verified from genesis.\n${uncovered(report, pins)}${advice(report, pins)}`;
  return `${chains}${verdict}`;
}

function chainText(report: ChainReport): string {
  const { name, chain, head, seconds, waiting, wallets, holds, erased, withheld, files, fault } = report;
  const rows: string[][] = [];
  if (chain !== undefined) rows.push(['chain id', chain.id], ['producer', chain.contract.producer]);
  if (head !== undefined) {
    rows.push(
      [
        fault === undefined ? 'blocks' : 'verified',
        `${thousands(head.index)}, with ${entries(head.treeSize)}`,
      ],
      ['head', head.hash],
      ['tree root', head.treeRoot],
    );
  }
  if (waiting !== undefined) rows.push(['waiting', `${entries(waiting)}, valid so far`]);
  if (wallets !== undefined) rows.push(['wallets', `${thousands(wallets)}, each as its entries add up`]);
  if (holds !== undefined) rows.push(['holds', `${thousands(holds)}, each open or ended as its entries say`]);
  if (erased !== undefined && erased > 0) {
    rows.push(['erased', `${counted(erased, 'record', 'records')}, each by a sealed erasure`]);
  }
  if (withheld !== undefined && withheld > 0) {
    rows.push(['no content', `${counted(withheld, 'record', 'records')}, which no erasure erases so far`]);
  }
  if (files !== undefined) rows.push(['files', `${thousands(files)}, each as the chain gives it`]);
  rows.push(['took', `${seconds.toFixed(1)} s${speed(report)}`]);
  const title = chain === undefined ? printable(name) : `${printable(name)} (${chain.contract.kind} chain)`;
  return `${title}\n${table(rows.map((row) => ['', ...row]))}`;
}

function speed(report: ChainReport): string {
  const entriesPerSecond = rate(report);
  return entriesPerSecond === null || entriesPerSecond === 0
    ? ''
    : `, ${thousands(entriesPerSecond)} entries/s`;
}

function entries(count: number): string {
  return counted(count, 'entry', 'entries');
}

function faultText(name: string, { fault, message, ...detail }: Fault, paint: Paint): string {
  const rows = Object.entries({ code: fault, block: detail.index, entry: detail.sequence, ...detail })
    .filter(([field, value]) => value !== undefined && field !== 'index' && field !== 'sequence')
    .map(([field, value]) => ['', field, printable(String(value))]);
  return `${paint.bad('FAULT')} in ${printable(name)}: ${printable(message)}\n${table(rows)}`;
}

/** Notes on facts that the verdict does not cover. */
function uncovered(report: AuditReport, { only }: Pins): string {
  if (only.length > 0) return 'Nothing is said of its other chains, nor of what belongs to no one chain.\n';
  const producers = producersOf(report).size;
  const several = producers > 1 ? [`Its chains are of ${producers} producers: compare each of them.\n`] : [];
  const absent = CHAIN_KINDS.filter(
    (kind) => !report.chains.some(({ chain }) => chain?.contract.kind === kind),
  ).map((kind) => `It shows no ${kind} chain: nothing is said of one.\n`);
  const unsupported = report.unsupported.map(
    ({ name, reason }) =>
      `${printable(name)} is unsupported by this version (${printable(reason)}): nothing is said of it.\n`,
  );
  return [...absent, ...unsupported, ...several].join('');
}

function producersOf({ chains }: AuditReport): ReadonlySet<string> {
  return new Set(chains.flatMap(({ chain }) => (chain === undefined ? [] : [chain.contract.producer])));
}

/** An audit shows that chains are valid, not that they are the ones that the user expects. */
function advice(report: AuditReport, pins: Pins): string {
  const [producer, ...others] = producersOf(report);
  const ids = pins.chainIds.length > 0 ? [] : advisedChains(report);
  const options = [
    ...ids.map(({ id, name }) => `--chain-id ${id}${ids.length > 1 ? `  (${printable(name)})` : ''}`),
    ...(pins.producer === undefined && others.length === 0 ? [`--producer ${producer}`] : []),
  ];
  if (options.length === 0) {
    return pins.producer === undefined ? '' : 'It is the chain, and the producer, that you named.\n';
  }
  return (
    'Compare chain id and producer with what you know from elsewhere; to have it done:\n' +
    options.map((option) => `  ${option}\n`).join('')
  );
}

/** The chains whose ids are worth comparing: the token chains, or all if there are none. */
function advisedChains({ chains }: AuditReport): readonly { readonly id: string; readonly name: string }[] {
  const readable = chains.flatMap(({ name, chain }) => (chain === undefined ? [] : [{ name, ...chain }]));
  const tokens = readable.filter(({ contract }) => kindOf(contract).hasBooks);
  return tokens.length > 0 ? tokens : readable;
}
