/** Creates chains while the node runs. */
import { Injectable } from '@nestjs/common';
import { contractText } from '../../chain/contract/contract.js';
import { readChainSettings, type ChainSettings } from '../../config/chain-settings.js';
import { needsToken, type ProducerConfig } from '../../config/config.js';
import { Conflict, Forbidden } from '../../http/server/problem.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { assert, InvalidInput, Unavailable } from '../../ledger/errors.js';
import { LIST_LIMIT, ListRoom } from '../../ledger/list-size.js';
import { LedgerStore, type Birth } from '../../ledger/store.js';
import { birthOf, logNewChains } from './birth.js';
import { contractOf } from './contracts.js';
import { wrongNames } from './new-contract.js';
import { Producer } from '../chain/producer.js';
import type { Signer } from '../../keys/key-file.js';

/** The settings for creating chains. */
export class BirthOptions {
  constructor(
    readonly config: Pick<ProducerConfig, 'apiToken' | 'tokensFile' | 'chainDefaults' | 'chainsMax'>,
    readonly signer: Signer,
  ) {}
}

export interface Born {
  readonly store: AnyChainStore;
  /** whether it already existed, with the same contract */
  readonly repeated: boolean;
}

@Injectable()
export class ChainBirths {
  constructor(
    private readonly options: BirthOptions,
    private readonly store: LedgerStore,
    private readonly producer: Producer,
  ) {}

  /**
   * Creates a chain, or finds the one that the same request has created. It is on disk when this returns: a crash before
   * that leaves nothing of it, one after it a chain that the next start continues.
   * @param body an item in the form of CHAINS
   * @throws Forbidden on a node without a token, where anybody could create chains
   * @throws InvalidInput, Conflict, Unavailable
   */
  create(body: unknown): Born {
    const { chainDefaults, chainsMax } = this.options.config;
    if (!needsToken(this.options.config)) {
      throw new Forbidden(
        'TOKEN_NEEDED',
        'chains are made by who has the node’s token, and this node has none: set API_TOKEN or API_TOKENS_FILE, or list the chain in CHAINS',
      );
    }
    const settings = readChainSettings(body, chainDefaults);
    if ('errors' in settings) throw new InvalidInput(settings.errors);
    const before = this.store.stores().find(({ chain }) => chain.name === settings.name);
    if (before !== undefined) return this.repeat(settings, before);
    const count = this.store.stores().length;
    if (count >= chainsMax) {
      throw new Conflict('TOO_MANY_CHAINS', `this node has ${count} chains, as many as CHAINS_MAX allows`);
    }
    const birth = this.birth(settings);
    const room = new ListRoom(this.store.stores().map(({ chain }) => chain.contract));
    if (!room.take(birth.chain.contract)) {
      throw new Conflict('TOO_MANY_CHAINS', `there is no room for the chain: ${LIST_LIMIT}`);
    }
    try {
      return { store: this.begin(birth), repeated: false };
    } catch (error) {
      if (!(error instanceof Unavailable)) this.producer.failed(error);
      throw error;
    }
  }

  private begin(birth: Birth): AnyChainStore {
    this.store.createChains([birth]);
    const born = this.store.store(birth.chain.id);
    assert(born !== undefined, 'a chain that was created is stored');
    logNewChains([birth.chain]);
    this.producer.add(born);
    return born;
  }

  private birth(settings: ChainSettings): Birth {
    const now = this.producer.believedTime();
    const { signer } = this.options;
    const wrong = wrongNames(contractOf(settings, signer.publicKey, now));
    if (wrong.length > 0) throw new InvalidInput(wrong.map(({ field, message }) => ({ field, message })));
    return birthOf(settings, 'created', signer, now);
  }

  private repeat(settings: ChainSettings, store: AnyChainStore): Born {
    const { contract, name } = store.chain;
    const asked = contractOf(settings, contract.producer, contract.createdAt);
    if (contractText(asked) === contractText(contract)) return { store, repeated: true };
    throw new Conflict(
      'CHAIN_EXISTS',
      `there is a chain ${name} with another contract, which never changes: give this one another name`,
    );
  }
}
