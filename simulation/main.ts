/** npm run simulate: runs a simulated network under faults from a seed, and says whether anything broke. */
import { Logger } from '@nestjs/common';
import 'reflect-metadata';
import { readArguments, USAGE } from './arguments.js';
import { simulate, type RunResult } from './run.js';

async function main(words: readonly string[]): Promise<number> {
  const read = readArguments(words);
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n${USAGE}`);
    return 2;
  }
  const { first, runs, isJson, isTraced, ...frame } = read;
  Logger.overrideLogger(false);
  const show = isTraced ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;
  for (let place = 0; place < runs; place++) {
    const seed = String(first + place);
    const began = Date.now();
    const result = await simulate({ ...frame, seed, show });
    const seconds = (Date.now() - began) / 1000;
    process.stdout.write(isJson ? json(seed, result, seconds) : line(seed, result, seconds));
    if (result.failure === undefined) continue;
    const { step, error } = result.failure;
    const replay = `npm run simulate -- --seed ${seed} --hours ${frame.hours} --rate ${frame.rate}${frame.isPlain ? ' --plain' : ''} --steps ${step} --trace`;
    process.stderr.write(
      `seed ${seed} fails at step ${step}: ${error.stack ?? error.message}\nreplay: ${replay}\n`,
    );
    return 1;
  }
  return 0;
}

function json(seed: string, { digest, failure, ...counts }: RunResult, seconds: number): string {
  const failed = failure && { step: failure.step, at: failure.at, message: failure.error.message };
  return `${JSON.stringify({ digest, seed, ...counts, seconds, failure: failed ?? null })}\n`;
}

function line(seed: string, { digest, steps, entries, blocks, failure }: RunResult, seconds: number): string {
  const verdict = failure === undefined ? 'all well' : 'FAILED';
  return `seed ${seed}: ${verdict}; ${entries} entries in ${blocks} blocks, ${steps} steps, ${seconds.toFixed(1)} s; ${digest}\n`;
}

process.exitCode = await main(process.argv.slice(2));
