/** Prompts on the terminal, with and without echoing the input. */
import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { Interrupted } from '../../ledger/errors.js';

/** Enter, or Ctrl-D */
const END = ['\r', '\n', '\u0004'];
const INTERRUPT = '\u0003';
const ERASE_LINE = '\u0015';
const BACKSPACE = ['\b', '\u007f'];

/** @throws Interrupted at Ctrl-C and Ctrl-D */
export function askOn(input: ReadStream, output: WriteStream): (question: string) => Promise<string> {
  return async (question) => {
    const prompt = createInterface({ input, output });
    const closed = new Promise<never>((_, reject) =>
      prompt.once('close', () => reject(new Interrupted())).once('SIGINT', () => prompt.close()),
    );
    try {
      return await Promise.race([prompt.question(question), closed]);
    } finally {
      closed.catch(() => undefined);
      prompt.close();
    }
  };
}

/** @throws Interrupted at Ctrl-C, which the terminal delivers as a character during the prompt */
export function askSecretOn(input: ReadStream, output: WriteStream): (question: string) => Promise<string> {
  return (question) =>
    new Promise((resolve, reject) => {
      let typed: string[] = [];
      const end = (settle: () => void): void => {
        input.off('data', take).off('end', stop);
        input.setRawMode(false);
        input.pause();
        output.write('\n');
        settle();
      };
      const stop = (): void => end(() => reject(new Interrupted()));
      const take = (data: string): void => {
        for (const character of data) {
          if (character === INTERRUPT) return stop();
          if (END.includes(character)) return end(() => resolve(typed.join('')));
          if (character === ERASE_LINE) typed = [];
          else if (BACKSPACE.includes(character)) typed.pop();
          else if (character >= ' ') typed.push(character);
        }
      };
      output.write(question);
      input.setEncoding('utf8');
      input.setRawMode(true);
      input.on('data', take).on('end', stop).resume();
    });
}
