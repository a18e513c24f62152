/** How a node logs: pino's lines, as JSON or for people, on stdout. */
import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger as Pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { escaped, escapedJson } from '../chain/bytes/hidden-characters.js';
import type { LogFormat, NodeConfig } from '../config/config.js';
import { lineOutput, type LineOutput } from './line-output.js';

/** Nest's own parts that tell every route and module at the start. */
const NEST_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** A part of Nest's that warns of each listener to events that doesn't read: as many as strangers like. */
const EVENTS_CONTEXT = 'RouterResponseController';

/** Nest's logger: what comes last is the name of the part that speaks, its context. */
export class NodeLogger implements LoggerService {
  private readonly pino: Pino;
  /** Opened with the first line: many a test has none. */
  private output: LineOutput | undefined;

  constructor({ logLevel, logFormat }: Pick<NodeConfig, 'logLevel' | 'logFormat'>) {
    const form = lineForm(logFormat);
    const notice = noticeMaker(form);
    const write = (line: string): void => {
      this.output ??= lineOutput(1, notice);
      this.output.write(form(line));
    };
    this.pino = pino({ level: logLevel }, { write });
  }

  /** Lines that could not be written since the start. */
  get dropped(): number {
    return this.output?.dropped ?? 0;
  }

  log(message: unknown, ...rest: unknown[]): void {
    // Nest's account of its start is kept for those who look for it.
    this.write(NEST_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write(rest.at(-1) === EVENTS_CONTEXT ? 'debug' : 'warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const [detail] = rest.slice(0, -1);
    const fields = context === undefined ? {} : { context };
    if (message instanceof Error) {
      this.pino[level]({ ...fields, err: message }, typeof detail === 'string' ? detail : undefined);
    } else if (typeof message === 'object' && message !== null) {
      this.pino[level]({ ...fields, ...message });
    } else {
      // Nest gives an error that it caught as its message and its stack.
      const err = { type: 'Error', message, stack: detail };
      this.pino[level](typeof detail === 'string' ? { ...fields, err } : fields, String(message));
    }
  }
}

/** The line of the log that tells of missing ones, made by a pino that gives it back instead of writing it. */
function noticeMaker(form: (line: string) => string): (lines: number) => string {
  let made = '';
  const maker = pino({}, { write: (line: string) => void (made = line) });
  return (lines) => {
    maker.warn({ context: 'Logger' }, `${lines} lines of this log could not be written and are missing here`);
    return form(made);
  };
}

/**
 * How a line of pino's is written: what others bring into it (names, an upstream's words) neither hides anything in a
 * terminal nor moves its cursor.
 */
export function lineForm(format: LogFormat): (line: string) => string {
  if (format === 'json') return escapedJson;
  const pretty = prettyFactory({ ignore: 'pid,hostname,context', singleLine: true });
  return (line) => pretty(shown(JSON.parse(line)));
}

/** A value whose texts can be printed; messages and stacks of several lines stay so. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.split('\n').map(escaped).join('\n');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}
