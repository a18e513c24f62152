/** Blocks of the proof-of-stake chain, as pos.py writes them. */
import { createHash } from 'node:crypto';
import { PyInt, pyObject, type PyObject } from '../python-json/values.js';
import { dumps } from '../python-json/write.js';

export interface PosBlock {
  readonly index: number;
  /** the block's data: a decimal whole number of any size */
  readonly bpm: string;
  /** local time, see {@link localTime} */
  readonly timestamp: string;
  readonly previousHash: string;
  readonly validator: string;
  readonly hash: string;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The validator isn't part of what is hashed, as in the original: an exercise in docs/classroom.md. */
export function makeBlock(block: Omit<PosBlock, 'hash'>): PosBlock {
  const { index, bpm, timestamp, previousHash } = block;
  return { ...block, hash: sha256(`${index}${bpm}${timestamp}${previousHash}`) };
}

export function genesisBlock(timestamp: string): PosBlock {
  return makeBlock({ index: 0, bpm: '0', timestamp, previousHash: '', validator: '' });
}

/** `json.dumps` of the block: the keys in the original's order, which differs for the genesis block. */
export function blockText({ index, bpm, timestamp, previousHash, validator, hash }: PosBlock): string {
  const begin = { Index: PyInt.of(index) };
  const middle =
    index === 0
      ? { Timestamp: timestamp, BPM: new PyInt(bpm) }
      : { BPM: new PyInt(bpm), Timestamp: timestamp };
  return dumps(pyObject({ ...begin, ...middle, PrevHash: previousHash, Validator: validator, Hash: hash }));
}

/** Parses a text of {@link blockText} from our own store. */
export function readBlock(block: PyObject): PosBlock {
  const text = (name: string): string => block.get(name) as string;
  const int = (name: string): string => (block.get(name) as PyInt).digits;
  return {
    index: Number(int('Index')),
    bpm: int('BPM'),
    timestamp: text('Timestamp'),
    previousHash: text('PrevHash'),
    validator: text('Validator'),
    hash: text('Hash'),
  };
}

/** `str(datetime.now())`: `YYYY-MM-DD HH:MM:SS.ffffff` in this machine's time zone. */
export function localTime(microseconds: bigint): string {
  const time = new Date(Number(microseconds / 1000n));
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date} ${clock}.${String(microseconds % 1_000_000n).padStart(6, '0')}`;
}

/** Python's `int(text)`. @returns the number in shortest decimal form; undefined if it is not a number */
export function parseInt10(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?[0-9]+(?:_[0-9]+)*$/.test(trimmed)) return undefined;
  return BigInt(trimmed.replace(/_/g, '').replace(/^\+/, '')).toString();
}
