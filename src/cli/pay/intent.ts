/** A payment that is on its way: the complete request, on disk before it is sent, so that it can be sent again and not be paid twice. */
import { readFileSync } from 'node:fs';
import { parseHash } from '../../chain/bytes/bytes.js';
import { isNonce } from '../../chain/entry/entry-fields.js';
import { asFields, isCount, type Fields } from '../../chain/bytes/fields.js';
import type { PreparedRequest } from '../../client/prepared-request.js';
import { transactionPath } from '../../client/routes.js';
import { Trouble } from '../shell/io.js';
import { removeFile, writeNewFile } from '../shell/new-file.js';

const VERSION = 1;

export interface Intent {
  /** the node that it is sent to */
  readonly node: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly createdAt: number;
  readonly request: PreparedRequest;
}

/**
 * The place of a wallet's one payment that is on its way. It is there from before the first byte is sent until the
 * node said yes or no; whatever ends the process in between, it stays.
 */
export class IntentFile {
  constructor(
    readonly file: string,
    /** how to name the wallet, to a user who has to say it again */
    private readonly option: string,
  ) {}

  /** @throws Trouble when there is one already, from whichever process */
  create({ node, createdAt, request }: Intent): void {
    const { chain, path, nonce, body } = request;
    const intent = { version: VERSION, created_at: createdAt, node, chain, path, nonce, body };
    writeNewFile(this.file, `${JSON.stringify(intent, undefined, 2)}\n`, this.inTheWay());
  }

  assertNone(): void {
    if (this.read() !== undefined) throw new Trouble(this.inTheWay());
  }

  /** @throws Trouble when it can't be read */
  read(): Intent | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new Trouble(`${this.file} cannot be read: ${message}`);
    }
    const intent = parse(text);
    if (intent !== undefined) return intent;
    throw new Trouble(`${this.file} holds no payment of bpsc: somebody changed it, so it isn't sent`);
  }

  /** Takes away the payment of this nonce; another's, which may have taken its place, stays. */
  remove(nonce: string): void {
    if (this.read()?.request.nonce === nonce) removeFile(this.file);
  }

  /** Takes away whatever is there. */
  discard(): void {
    removeFile(this.file);
  }

  private inTheWay(): string {
    return (
      `a payment from this wallet is on its way, or got no answer (${this.file}): ` +
      `bpsc send --resume ${this.option} sends exactly the same again, and can't pay twice`
    );
  }
}

function parse(text: string): Intent | undefined {
  let fields: Fields | undefined;
  try {
    fields = asFields(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { version, created_at: createdAt, node, path, nonce, body } = fields ?? {};
  const chain = parseHash(fields?.chain);
  if (version !== VERSION || !isCount(createdAt) || chain === undefined || !isNonce(nonce)) return undefined;
  if (typeof node !== 'string' || typeof path !== 'string' || typeof body !== 'string') return undefined;
  // The nonce that is looked at here must be the one that is sent.
  const asked = transactionPath(path);
  if (asked === undefined || nonceIn(body) !== nonce) return undefined;
  if (asked.chain !== undefined && asked.chain !== chain) return undefined;
  return { node, createdAt, request: { chain, path, nonce, body } };
}

function nonceIn(body: string): unknown {
  try {
    return asFields(JSON.parse(body))?.nonce;
  } catch {
    return undefined;
  }
}
