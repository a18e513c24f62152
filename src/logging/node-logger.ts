/** A node's logger: writes pino's lines to stdout, as JSON or in readable form. */
import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger as Pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { escaped, escapedJson } from '../chain/bytes/hidden-characters.js';
import type { LogFormat, NodeConfig } from '../config/config.js';
import { lineOutput, type LineOutput } from './line-output.js';

/** Nest's own components that log every route and module at the start. */
const NEST_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * A Nest component that warns about each events client that doesn't read; strangers could cause any number of warnings.
 */
const EVENTS_CONTEXT = 'RouterResponseController';

/** Nest's logger: the last argument is the context, the name of the component that logs. */
export class NodeLogger implements LoggerService {
  private readonly pino: Pino;
  /** opened with the first line, since many tests log none */
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
    // Nest's start-up messages are only logged at debug level.
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
      // Nest passes an error that it caught as its message and its stack.
      const err = { type: 'Error', message, stack: detail };
      this.pino[level](typeof detail === 'string' ? { ...fields, err } : fields, String(message));
    }
  }
}

/** Makes the log line that reports missing ones, by a pino that returns the line instead of writing it. */
function noticeMaker(form: (line: string) => string): (lines: number) => string {
  let made = '';
  const maker = pino({}, { write: (line: string) => void (made = line) });
  return (lines) => {
    maker.warn({ context: 'Logger' }, `${lines} lines of this log could not be written and are missing here`);
    return form(made);
  };
}

/**
 * Returns the function that formats pino's lines: text from outside (names, an upstream's messages) can neither hide
 * anything in a terminal nor move its cursor.
 */
export function lineForm(format: LogFormat): (line: string) => string {
  if (format === 'json') return escapedJson;
  const pretty = prettyFactory({ ignore: 'pid,hostname,context', singleLine: true });
  return (line) => pretty(shown(JSON.parse(line)));
}

/** Escapes the texts in a value for printing; multi-line messages and stacks keep their line feeds. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') return value.split('\n').map(escaped).join('\n');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}
