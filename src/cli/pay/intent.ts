/** A payment in progress: the complete request is on disk before it is sent, so that it can be sent again without paying twice. */
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
  /** the node to which it is sent */
  readonly node: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly createdAt: number;
  readonly request: PreparedRequest;
}

/**
 * The file of a wallet's one payment in progress. It exists from before the first byte is sent until the
 * node accepted or refused the payment, even if the process ends in between.
 */
export class IntentFile {
  constructor(
    readonly file: string,
    /** the wallet as the user has to name it in the next command */
    private readonly option: string,
  ) {}

  /** @throws Trouble if there is one already, of any process */
  create({ node, createdAt, request }: Intent): void {
    const { chain, path, nonce, body } = request;
    const intent = { version: VERSION, created_at: createdAt, node, chain, path, nonce, body };
    writeNewFile(this.file, `${JSON.stringify(intent, undefined, 2)}\n`, this.inTheWay());
  }

  assertNone(): void {
    if (this.read() !== undefined) throw new Trouble(this.inTheWay());
  }

  /** @throws Trouble if it can't be read */
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
    throw new Trouble(`${this.file} does not contain a bpsc payment: it was changed, so it is not sent`);
  }

  /** Removes the payment with this nonce, but not another one that has taken its place. */
  remove(nonce: string): void {
    if (this.read()?.request.nonce === nonce) removeFile(this.file);
  }

  /** Removes the file, whatever it contains. */
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
  // The nonce that is checked here must be the one that is sent.
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
