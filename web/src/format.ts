/** Numbers, hashes and times as people read them. */

/** `1234567.05` → `1,234,567.05`; anything else as it is. */
export function grouped(amount: string | number): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(String(amount));
  if (match === null) return String(amount);
  const [, sign = '', whole = '', rest = ''] = match;
  return `${sign === '' ? '' : '−'}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}`;
}

/** `1 entry`, `1,204 entries` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `1 entry waits`, `7 entries wait` */
export function waitingWords(count: number): string {
  return counted(count, 'entry waits', 'entries wait');
}

export function shortHash(hash: string, digits = 6): string {
  return hash.length <= 2 * digits + 1 ? hash : `${hash.slice(0, digits)}…${hash.slice(-digits)}`;
}

/** The fee rate `0.00005` as `0.005 %`, without floating point. */
export function percent(rate: string): string {
  const [whole = '0', fraction = ''] = rate.split('.');
  const digits = `${whole}${fraction.padEnd(2, '0')}`;
  const point = digits.length - Math.max(0, fraction.length - 2);
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const right = digits.slice(point).replace(/0+$/, '');
  return `${left === '' ? '0' : left}${right === '' ? '' : `.${right}`} %`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** `12 s`, `3 min`; below a second `0 s` */
export function duration(ms: number): string {
  for (const [unit, name] of UNITS) {
    if (ms >= unit) return `${Math.floor(ms / unit)} ${name}`;
  }
  return '0 s';
}

/** A span in words, as a schedule needs it: 10000 → `10 s`, 90000 → `1.5 min` */
export function span(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  for (const [unit, name] of UNITS) {
    if (ms >= unit) return `${Math.round((ms / unit) * 100) / 100} ${name}`;
  }
  return `${ms} ms`;
}

export function ago(timestamp: number, now: number): string {
  const passed = now - timestamp;
  if (passed < -1500) return `in ${duration(-passed)}`;
  return passed < 1500 ? 'just now' : `${duration(passed)} ago`;
}

const EXACT = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** In the reader's own zone, with milliseconds. */
export function exact(timestamp: number): string {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? String(timestamp) : EXACT.format(date);
}

export function iso(timestamp: number): string | undefined {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`;
  if (count < 1_048_576) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1_048_576).toFixed(1)} MiB`;
}
