/** The settings of a node as `bpsc start` finds them: the environment, and a file for what it doesn't set. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { OperatorError } from '../ledger/errors.js';
import type { Environment } from './read-config.js';

const DEFAULT_FILE = '.env';

/**
 * @param file undefined: `.env`, if there is one
 * @throws OperatorError if the file can't be read
 */
export function nodeEnvironment(file: string | undefined, env: Environment = process.env): Environment {
  let text: string;
  try {
    text = readFileSync(file ?? DEFAULT_FILE, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (file === undefined && code === 'ENOENT') return env;
    throw new OperatorError(`the settings in ${file ?? DEFAULT_FILE} cannot be read: ${message}`, {
      cause: error,
    });
  }
  return { ...parseEnv(text), ...env };
}
