/** Whose token a request carries: the node's API_TOKEN, or one of API_TOKENS_FILE, which is read again when it changes. */
import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Clock } from '../ledger/clock.js';
import { OWNER, type Caller } from './scopes.js';
import { sha256, type TokenEntry } from './token-list.js';
import { readTokensFile } from './tokens-file.js';

/** How often the file is looked at, at most: a change is effective after this time. In milliseconds. */
const LOOK_MS = 1000;

/** What is different in a changed file. */
export interface TokenChange {
  readonly act: 'added' | 'removed' | 'changed';
  readonly token: TokenEntry;
}

/** Notified of what happens to the file. */
export interface AccessEvents {
  changed(changes: readonly TokenChange[]): void;
  /** @param reason undefined: the file can be read again */
  trouble(reason: string | undefined): void;
}

interface Known {
  readonly hash: Buffer;
  readonly caller: Caller;
}

export class Access {
  private readonly owner: Known | undefined;
  private fromFile: readonly Known[] = [];
  private entries: readonly TokenEntry[] = [];
  private seen = '';
  private lookedAt: number;
  private reason: string | undefined;
  private events: AccessEvents | undefined;

  /**
   * @param file API_TOKENS_FILE; it need not exist yet
   * @throws OperatorError if it exists and can't be read: there are no earlier tokens to keep
   */
  constructor(
    apiToken: string | undefined,
    private readonly file: string | undefined,
    private readonly clock: Pick<Clock, 'elapsed'>,
  ) {
    this.owner = apiToken === undefined ? undefined : { hash: sha256(apiToken), caller: OWNER };
    this.lookedAt = clock.elapsed();
    if (file === undefined) return;
    this.seen = stateOf(file);
    this.take(readTokensFile(file) ?? []);
  }

  /** Whether there is a tokens file. */
  get hasFile(): boolean {
    return this.file !== undefined;
  }

  /** Whether the file has tokens. */
  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Only one can listen. */
  listen(events: AccessEvents): void {
    this.events = events;
  }

  /** Why the file can't be read now, as a sentence: then the tokens from before stay valid. Undefined if it can. */
  trouble(): string | undefined {
    this.look();
    return this.reason;
  }

  /**
   * The caller whose token it is; undefined if nobody's.
   * @param token as it was sent
   */
  identify(token: string): Caller | undefined {
    this.look();
    const hash = sha256(token);
    // All are compared, and each in constant time: the time reveals nothing.
    let found: Caller | undefined;
    if (this.owner !== undefined && timingSafeEqual(hash, this.owner.hash)) found = this.owner.caller;
    for (const known of this.fromFile) {
      if (timingSafeEqual(hash, known.hash)) found ??= known.caller;
    }
    return found;
  }

  /** Reads the file again if it changed: at most once in {@link LOOK_MS}. */
  private look(): void {
    if (this.file === undefined) return;
    const now = this.clock.elapsed();
    if (now - this.lookedAt < LOOK_MS) return;
    this.lookedAt = now;
    const state = stateOf(this.file);
    if (state === this.seen) return;
    this.seen = state;
    try {
      const tokens = readTokensFile(this.file);
      // A file that never was is no trouble; one that is gone may be a mistake, and revoking is done by `bpsc token`.
      if (tokens === undefined) throw new Error(`the tokens file ${this.file} is gone`);
      const changes = differences(this.entries, tokens);
      this.take(tokens);
      if (changes.length > 0) this.events?.changed(changes);
      this.say(undefined);
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  private take(tokens: readonly TokenEntry[]): void {
    this.entries = tokens;
    this.fromFile = tokens.map(({ name, sha256: hex, scopes, chains }) => ({
      hash: Buffer.from(hex, 'hex'),
      caller: { name, scopes: new Set(scopes), chains: chains && new Set(chains) },
    }));
  }

  private say(reason: string | undefined): void {
    if (reason === this.reason) return;
    this.reason = reason;
    this.events?.trouble(reason);
  }
}

/** Differs whenever the file was changed or replaced; empty if there is none. */
function stateOf(file: string): string {
  try {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function differences(before: readonly TokenEntry[], after: readonly TokenEntry[]): readonly TokenChange[] {
  const changes: TokenChange[] = [];
  for (const token of before) {
    const same = after.find(({ name }) => name === token.name);
    if (same === undefined) changes.push({ act: 'removed', token });
    else if (JSON.stringify(same) !== JSON.stringify(token)) changes.push({ act: 'changed', token: same });
  }
  for (const token of after) {
    if (!before.some(({ name }) => name === token.name)) changes.push({ act: 'added', token });
  }
  return changes;
}
