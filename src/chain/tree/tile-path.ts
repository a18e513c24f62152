/** Paths of a tiled log's files (C2SP tlog-tiles, protocol section 9). */

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree in a tile. */
export const TILE_HEIGHT = 8;
/** The highest level of tiles that the standard allows; a tree below 2^53 has none above 6. */
export const TILE_LEVEL_MAX = 63;

/** `tile`: hashes of one level; `entries`: bundles; `block`: sealed headers; each may be partial. */
export type TiledKind = 'tile' | 'entries' | 'block';

/** One file of 256 items, or of the first `width` of them. */
export interface TileName {
  readonly kind: TiledKind;
  /** of a hash tile, from 0; 0 for the others */
  readonly level: number;
  /** of the file within its level */
  readonly index: number;
  /** 256, or 1 to 255 where it is partial */
  readonly width: number;
}

/** `x001/x234/067`: groups of three digits, all but the last with an `x`. */
export function numberPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.{3}/g) ?? [];
  return groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join('/');
}

/** The number of a path that {@link numberPath} gives; undefined for any other text. */
export function parseNumberPath(path: string): number | undefined {
  if (!/^(?:x[0-9]{3}\/)*[0-9]{3}$/.test(path)) return undefined;
  const index = Number(path.replaceAll(/[x/]/g, ''));
  return Number.isSafeInteger(index) && numberPath(index) === path ? index : undefined;
}

/** Relative to the chain's folder, such as `tile/0/x001/067.p/12`, `tile/entries/000` or `block/000.p/3`. */
export function tilePath({ kind, level, index, width }: TileName): string {
  const folder = kind === 'tile' ? `tile/${level}` : kind === 'entries' ? 'tile/entries' : 'block';
  return `${folder}/${numberPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const TILE_PATH =
  /^(?:tile\/(0|[1-9][0-9]?|entries)|block)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The file that a path names; undefined for anything that {@link tilePath} doesn't give. */
export function parseTilePath(path: string): TileName | undefined {
  const match = TILE_PATH.exec(path);
  if (match === null) return undefined;
  const [, of, number = '', partial] = match;
  const index = parseNumberPath(number);
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const isPartial = width < TILE_WIDTH;
  if (index === undefined || isPartial !== (partial !== undefined)) return undefined;
  const kind = of === undefined ? 'block' : of === 'entries' ? 'entries' : 'tile';
  const level = kind === 'tile' ? Number(of) : 0;
  return level > TILE_LEVEL_MAX ? undefined : { kind, level, index, width };
}
