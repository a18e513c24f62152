/** Reads a file from outside as text. */
import { readFileSync } from 'node:fs';
import { Trouble } from './io.js';

/**
 * @param bytesMax the maximum size
 * @param what the expected content, for the error
 * @throws Trouble if the file can't be read, is too long or is not UTF-8
 */
export function readTextFile(file: string, bytesMax: number, what: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Trouble(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (bytes.length > bytesMax) throw new Trouble(`${file} is too long to be ${what}`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Trouble(`${file} is not UTF-8`);
  }
}
