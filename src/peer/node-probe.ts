/** Sends requests to another node, bounded in bytes and in time, and records whether strangers could have done the same. */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { HttpService } from '@nestjs/axios';
import type { Clock } from '../ledger/clock.js';
import { BYTES_PER_SECOND_MIN } from './patience.js';
import { isPublicAddress } from './public-address.js';
import { PeerFailure, readAll, receive } from './receive.js';

/** It answered, but not like a node. */
export class NotANode extends Error {}

export interface ProbeOptions {
  readonly signal: AbortSignal;
  readonly bytesMax: number;
  /** for one answer */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** how requests are sent; by default as usual */
  readonly http?: HttpService | undefined;
  readonly isPublic?: (address: string) => boolean;
  readonly addressesOf?: (name: string) => Promise<LookupAddress[]>;
}

const addressesOf = (name: string): Promise<LookupAddress[]> => lookup(name, { all: true });

const HTTP = new HttpService();

// A kept connection would be reused without a check of its address.
const httpAgent = new HttpAgent({ keepAlive: false });
const httpsAgent = new HttpsAgent({ keepAlive: false });

export class NodeProbe {
  /** at the first lookup; undefined: the name was not looked up yet, or could not be resolved */
  private wasPublic: boolean | undefined;
  private readonly isPublicAddress: (address: string) => boolean;

  constructor(
    private readonly url: string,
    private readonly options: ProbeOptions,
  ) {
    this.isPublicAddress = options.isPublic ?? isPublicAddress;
    const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
    if (isIP(name) !== 0) this.wasPublic = this.isPublicAddress(name);
  }

  /** Whether all addresses of the URL's host are public. A name that can't be resolved has none. */
  get isPublic(): boolean {
    return this.wasPublic === true;
  }

  /**
   * @throws NotANode unless the answer has a 2xx status and is within the limit
   * @throws Error if there is no answer
   */
  async ask(path: string): Promise<string> {
    const { signal, bytesMax, timeoutMs, clock, http = HTTP } = this.options;
    const pieces = receive(http, {
      url: this.url,
      path,
      headers: { Accept: 'application/json' },
      limits: { totalMs: timeoutMs, silenceMs: timeoutMs, bytesPerSecondMin: BYTES_PER_SECOND_MIN },
      stop: signal,
      clock,
      begin: ({ status }) => {
        if (status < 200 || status > 299) throw new NotANode();
      },
      connection: { lookup: this.lookup, httpAgent, httpsAgent },
    });
    try {
      return Buffer.from(await readAll(pieces, bytesMax, () => new NotANode())).toString('utf8');
    } catch (error) {
      if (error instanceof PeerFailure && error.kind === 'damaged') throw new NotANode();
      throw error;
    }
  }

  /** Connects to the address that was checked: the next lookup of the name may return another. */
  private readonly lookup = async (name: string): Promise<[LookupAddress[]]> => {
    const addresses = await (this.options.addressesOf ?? addressesOf)(name);
    const isPublic = addresses.every(({ address }) => this.isPublicAddress(address));
    if (this.wasPublic === true && !isPublic) throw new Error(`${name} leads elsewhere now`);
    this.wasPublic ??= isPublic;
    return [addresses];
  };
}
