/** Clients of a producer: they send in bursts, repeat, hang up, reuse nonces, answer holds, issue, record and erase. */
import { BpscClient } from '../../src/client/client.js';
import type { ChainClient } from '../../src/client/chain-client.js';
import { BpscError, OutcomeUnknownError, RefusedError as Refused } from '../../src/client/errors.js';
import { isTokenContract } from '../../src/chain/contract/kinds.js';
import type { TokenContract } from '../../src/chain/contract/contract.js';
import type { Fetch } from '../../src/client/transport.js';
import type { Clock } from '../../src/ledger/clock.js';
import type { Chain } from '../../src/ledger/store.js';
import type { Judge } from '../checks/judge.js';
import { textOf } from '../model/bytes.js';
import type { JsonObject } from '../model/model.js';
import type { Network } from '../network/network.js';
import type { SeededWallet } from '../nodes/signing.js';
import type { Process } from '../world/process.js';
import type { Random } from '../world/random.js';
import type { Timeline } from '../world/timeline.js';
import type { Trace } from '../world/trace.js';

export interface TrafficParts {
  readonly timeline: Timeline;
  readonly process: Process;
  readonly clock: Clock;
  readonly chance: Random;
  readonly fetch: Fetch;
  readonly network: Network;
  readonly url: string;
  readonly judge: Judge;
  readonly trace: Trace;
  readonly wallets: readonly SeededWallet[];
  readonly names: readonly string[];
  /** requests per second on average */
  readonly rate: number;
}

/** A hold that waits for its recipient's answer, as far as the clients know. */
interface OpenHold {
  readonly chain: Chain;
  readonly id: string;
  readonly recipient: string;
}

/** Bursts come at random, on average this far apart, with pauses between requests. */
const BURST_EVERY_MS = 20_000;
const PAUSE_MS = 60;
const HOLDS_MAX = 100;
const RECORDS_MAX = 200;

export class Traffic {
  private readonly client: BpscClient;
  private readonly byChain = new Map<string, ChainClient>();
  private readonly holds: OpenHold[] = [];
  private readonly records: { readonly chain: Chain; readonly id: string }[] = [];
  private nonces = 0;
  private isOver = false;

  constructor(private readonly parts: TrafficParts) {
    const { url, fetch, clock } = parts;
    this.client = new BpscClient(url, { fetch, clock });
  }

  start(): void {
    this.nextBurst();
  }

  stop(): void {
    this.isOver = true;
  }

  private nextBurst(): void {
    const { chance } = this.parts;
    this.later(chance.wait(BURST_EVERY_MS), () => {
      const mean = (this.parts.rate * BURST_EVERY_MS) / 1000;
      this.burst(Math.round(chance.wait(mean)));
      this.nextBurst();
    });
  }

  private burst(left: number): void {
    if (left <= 0) return;
    this.later(this.parts.chance.wait(PAUSE_MS), () => {
      void this.act();
      this.burst(left - 1);
    });
  }

  private later(ms: number, run: () => void): void {
    const { timeline, process } = this.parts;
    timeline.schedule(ms, () => this.isOver || run(), process);
  }

  private async act(): Promise<void> {
    const { chance, judge, url } = this.parts;
    const chains = judge.chainsOf(new URL(url).hostname.replace(/\.sim$/, ''));
    if (chains.length === 0) return;
    const chain = judge.chains.get(chance.pick(chains)) as Chain;
    if (isTokenContract(chain.contract)) return this.pay(chain, chain.contract);
    const record = this.records.length > 0 && chance.chance(0.08) ? chance.pick(this.records) : undefined;
    return record === undefined || record.chain !== chain ? this.inform(chain) : this.erase(chain, record.id);
  }

  private pay(chain: Chain, contract: TokenContract): Promise<void> {
    const { chance } = this.parts;
    const hold = this.holds.find((each) => each.chain === chain);
    if (hold !== undefined && chance.chance(0.3)) {
      this.holds.splice(this.holds.indexOf(hold), 1);
      return this.answerHold(hold);
    }
    if (contract.wallets.issuer !== undefined && chance.chance(0.05)) return this.issue(chain, contract);
    return this.transfer(chain, contract);
  }

  private async transfer(chain: Chain, contract: TokenContract): Promise<void> {
    const { chance, clock } = this.parts;
    const [from, to] = this.pair(contract);
    const nonce = this.nonce();
    const amount = String(1 + chance.below(chance.chance(0.1) ? 1_000_000 : 1000));
    const holdUntil = chance.chance(0.1) ? clock.now() + 1000 + chance.below(600_000) : undefined;
    const memo = chance.chance(0.1) ? `memo ${'é'.repeat(chance.below(20))}` : undefined;
    const fields: JsonObject = {
      type: 'transfer',
      sender: addressOf(from),
      recipient: addressOf(to),
      amount_send: amount,
      nonce,
      ...(memo === undefined ? {} : { memo }),
      ...(holdUntil === undefined ? {} : { hold_until: holdUntil }),
    };
    const order = { from, to: addressOf(to), amount, nonce, memo, holdUntil };
    const send = (signal?: AbortSignal) => this.of(chain).send(order, { signal });
    const id = await this.sendAll(chain, fields, send);
    if (id !== undefined && holdUntil !== undefined && this.holds.length < HOLDS_MAX) {
      this.holds.push({ chain, id, recipient: addressOf(to) });
    }
    if (chance.chance(0.02)) await this.reuseNonce(chain, fields, { ...order, amount: `${amount}1` });
  }

  /** Another payment under a nonce that was used: a mistake, which the node has to refuse. */
  private async reuseNonce(
    chain: Chain,
    fields: JsonObject,
    order: Parameters<ChainClient['send']>[0],
  ): Promise<void> {
    await this.sendAll(chain, { ...fields, amount_send: order.amount }, (signal) =>
      this.of(chain).send(order, { signal }),
    );
  }

  private async issue(chain: Chain, contract: TokenContract): Promise<void> {
    const { chance, names, wallets } = this.parts;
    const isSigned = contract.wallets.policy === 'signed';
    const from = isSigned ? wallets[0] : names[0];
    const to = isSigned ? chance.pick(wallets.slice(1)) : chance.pick(names.slice(1));
    if (from === undefined) return;
    const [amount, nonce] = [String(1 + chance.below(100_000)), this.nonce()];
    const fields = {
      type: 'issue',
      sender: addressOf(from),
      recipient: addressOf(to),
      amount_send: amount,
      nonce,
    };
    await this.sendAll(chain, fields, (signal) =>
      this.of(chain).issue({ from, to: addressOf(to), amount, nonce }, { signal }),
    );
  }

  private async answerHold({ chain, id, recipient }: OpenHold): Promise<void> {
    const { chance, wallets } = this.parts;
    const from = wallets.find(({ address }) => address === recipient) ?? recipient;
    const type = chance.chance(0.6) ? 'accept' : 'decline';
    const nonce = this.nonce();
    await this.sendAll(chain, { type, sender: recipient, transfer: id, nonce }, (signal) =>
      this.of(chain)[type](id, { from, nonce }, { signal }),
    );
  }

  private async inform(chain: Chain): Promise<void> {
    const { chance } = this.parts;
    const nonce = this.nonce();
    const information = { note: nonce, size: 'x'.repeat(chance.below(300)), list: [1, 'ü', null] };
    const id = await this.sendAll(chain, { type: 'information', nonce }, (signal) =>
      this.of(chain).inform(information, nonce, { signal }),
    );
    if (id !== undefined && this.records.length < RECORDS_MAX) this.records.push({ chain, id });
  }

  private async erase(chain: Chain, id: string): Promise<void> {
    const nonce = this.nonce();
    this.records.splice(
      this.records.findIndex((record) => record.id === id),
      1,
    );
    await this.sendAll(chain, { type: 'erasure', erases: id, nonce }, (signal) =>
      this.of(chain).erase(id, { nonce }, { signal }),
    );
  }

  /** Sends a request as clients do, some of them badly. @returns the entry's id, where the client got it */
  private async sendAll(
    chain: Chain,
    fields: JsonObject,
    send: (signal?: AbortSignal) => Promise<{ readonly id: string }>,
  ): Promise<string | undefined> {
    const { chance, judge } = this.parts;
    const request = judge.sent({ chain: chain.id, fields });
    const hangUp = chance.chance(0.03) ? new AbortController() : undefined;
    if (hangUp !== undefined) this.later(chance.between(0, 40), () => hangUp.abort());
    const first = this.settle(chain, request, fields, () => send(hangUp?.signal));
    // A second click, or a program that lost its memory.
    if (chance.chance(0.03)) void this.settle(chain, request, fields, () => send());
    return first;
  }

  private async settle(
    chain: Chain,
    request: number,
    fields: JsonObject,
    send: () => Promise<{ readonly id: string }>,
  ): Promise<string | undefined> {
    const { judge, trace, process, network, chance } = this.parts;
    const what = `${textOf(fields['type'])} ${textOf(fields['nonce'])} on ${chain.name}`;
    try {
      return (await send()).id;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      trace.line(process.name, `${what}: ${error.name}: ${error.message.slice(0, 120)}`);
      if (error instanceof OutcomeUnknownError) {
        const again = error.request;
        this.later(chance.between(1_000, 120_000), () => {
          if (!isTokenContract(chain.contract)) return;
          const submit = () => this.of(chain).submit(again, { mayHaveBeenSent: true });
          void this.settle(chain, request, fields, submit);
        });
      } else if (error instanceof Refused && !network.isInFlight(textOf(fields['nonce']))) {
        judge.refused(chain.id, request);
      } else if (!(error instanceof BpscError) && error.name !== 'AbortError') throw error;
      return undefined;
    }
  }

  private of(chain: Chain): ChainClient {
    let client = this.byChain.get(chain.id);
    if (client === undefined) {
      client = this.client.chain(chain.id);
      this.byChain.set(chain.id, client);
    }
    return client;
  }

  private pair({ wallets: { policy } }: TokenContract): [SeededWallet | string, SeededWallet | string] {
    const { chance, wallets, names } = this.parts;
    const all: readonly (SeededWallet | string)[] = policy === 'signed' ? wallets : names;
    const from = chance.pick(all);
    return [from, chance.pick(all.filter((other) => other !== from))];
  }

  private nonce(): string {
    return `${this.parts.process.name}.${++this.nonces}`;
  }
}

function addressOf(wallet: SeededWallet | string): string {
  return typeof wallet === 'string' ? wallet : wallet.address;
}
