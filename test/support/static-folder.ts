/** For tests: what a folder of static files shows, checked with nothing of the code that writes it. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { merkleRoot } from './chain-builder.js';

/** Every file with its path, from the folder on. */
export function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(folder, file), readFileSync(file, 'latin1')]),
  );
}

export interface SeenChain {
  readonly name: string;
  /** of the checkpoint */
  readonly size: number;
  readonly leaves: readonly string[];
  readonly content: readonly string[];
  /** of head.json */
  readonly head: { readonly index: number; readonly tree_size: number };
}

/**
 * What a reader sees that trusts nothing: for each listed chain, everything that its checkpoint covers.
 * @throws Error where something is missing or wrong
 */
export function readStatic(folder: string): readonly SeenChain[] {
  const list = path.join(folder, 'chains.json');
  if (!existsSync(list)) return [];
  const { chains } = JSON.parse(readFileSync(list, 'utf8')) as { chains: { id: string; name: string }[] };
  return chains.map(({ id, name }) => readChain(path.join(folder, id), id, name));
}

function readChain(folder: string, id: string, name: string): SeenChain {
  const text = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const contractText = text('contract.json');
  if (createHash('sha256').update(contractText).digest('hex') !== id) throw new Error('another contract');
  const { producer, token } = JSON.parse(contractText) as { producer: string; token?: object };
  const { size, root } = readCheckpoint(text('checkpoint'), id, producer);
  const { header: head } = JSON.parse(text('head.json')) as { header: SeenChain['head'] };
  if (head.tree_size < size) throw new Error(`the head has ${head.tree_size} entries of ${size}`);
  const leaves = numbers(size).flatMap(([index, width]) =>
    unpack(tiled(folder, 'tile/entries', index, width)).slice(0, width),
  );
  const hashes = leaves.map((leaf) => createHash('sha256').update('\0').update(leaf).digest());
  const tiles = Buffer.concat(
    numbers(size).map(([index, width]) => tiled(folder, 'tile/0', index, width).subarray(0, 32 * width)),
  );
  if (!tiles.equals(Buffer.concat(hashes))) throw new Error('the tiles are not those of the entries');
  if (merkleRoot(hashes).toString('base64') !== root) throw new Error(`another root of ${size} entries`);
  for (const [index, width] of numbers(Math.floor(size / 256))) {
    const above = tiled(folder, 'tile/1', index, width);
    for (let place = 0; place < width; place++) {
      const from = 256 * (256 * index + place);
      const expected = merkleRoot(hashes.slice(from, from + 256));
      if (!expected.equals(above.subarray(32 * place, 32 * place + 32)))
        throw new Error('another tile above');
    }
  }
  const lines = numbers(head.index).flatMap(([index, width]) =>
    tiled(folder, 'block', index, width).toString().trimEnd().split('\n').slice(0, width),
  );
  lines.forEach((line, place) => {
    const { header } = JSON.parse(line) as { header: { index: number } };
    if (header.index !== place + 1) throw new Error(`line ${place} has block ${header.index}`);
  });
  if (lines.at(-1) !== text('head.json')) throw new Error('the head is not the last block');
  const content =
    token !== undefined
      ? []
      : numbers(size).flatMap(([index]) =>
          text(`content/${digits(index)}`)
            .trimEnd()
            .split('\n'),
        );
  if (token === undefined && content.length < size) throw new Error(`content of ${content.length} entries`);
  return { name, size, leaves, content, head };
}

function readCheckpoint(text: string, id: string, producer: string): { size: number; root: string } {
  const [note = '', lines = ''] = text.split('\n\n');
  const [origin, size, root = ''] = note.split('\n');
  if (origin !== `bpsc/${id}`) throw new Error(`a checkpoint of ${origin}`);
  const signature = Buffer.from(lines.split('\n')[0]?.split(' ')[2] ?? '', 'base64').subarray(4);
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(producer, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  if (!verify(null, Buffer.from(`${note}\n`), key, signature))
    throw new Error('a checkpoint that nobody signed');
  return { size: Number(size), root };
}

/** The files that `count` items are in, each with the number of its items. */
function numbers(count: number): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(count / 256) }, (_, index) => [
    index,
    Math.min(256, count - 256 * index),
  ]);
}

/** The chains of these tests have fewer than a thousand files of a kind. */
function digits(index: number): string {
  return String(index).padStart(3, '0');
}

/** The partial file, or else the full one in its place. */
function tiled(folder: string, kind: string, index: number, width: number): Buffer {
  const full = path.join(folder, kind, digits(index));
  const partial = path.join(`${full}.p`, String(width));
  return readFileSync(width < 256 && existsSync(partial) ? partial : full);
}

function unpack(bundle: Buffer): readonly string[] {
  const leaves: string[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + bundle.readUInt16BE(at);
    leaves.push(bundle.toString('utf8', at + 2, end));
    at = end;
  }
  return leaves;
}
