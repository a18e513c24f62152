/** Creates a producer's key and chains together at its first start, and checks at every other start that they belong together. */
import { Logger } from '@nestjs/common';
import { blockHash, genesisHeader, signedText } from '../../chain/block/block.js';
import { chainId, type Contract } from '../../chain/contract/contract.js';
import { verifyBlock, type VerifiedBlock } from '../../chain/block/verify-block.js';
import type { ChainSettings } from '../../config/chain-settings.js';
import type { ProducerConfig } from '../../config/config.js';
import { assert, OperatorError } from '../../ledger/errors.js';
import type { ChainOrigin } from '../../ledger/chain-store.js';
import { LIST_LIMIT, ListRoom } from '../../ledger/list-size.js';
import type { Birth, Chain, LedgerStore } from '../../ledger/store.js';
import { contractOf, refuseOtherContracts } from './contracts.js';
import { refuseNewNames } from './new-contract.js';
import { EMPTY_ROOT } from '../../chain/tree/tree.js';
import { signCheckpoint, signMissingCheckpoints } from '../seal/checkpoints.js';
import { blockOnWire } from '../seal/wire-block.js';
import { renameDurably } from '../../keys/durable.js';
import { SigningKey, type Signer } from '../../keys/key-file.js';

/** The chains that a node creates, and the location of their key. */
export type BirthConfig = Pick<ProducerConfig, 'keyFile' | 'databaseFile' | 'chains' | 'isListed'>;

export interface BirthAs {
  readonly origin: ChainOrigin;
  /** the variable that names the key's file */
  readonly keyVariable: string;
}

const CONFIGURED: BirthAs = { origin: 'configured', keyVariable: 'PRODUCER_KEY_FILE' };

/**
 * @param now milliseconds since 1970-01-01 UTC: the time of birth, if this is one
 * @throws OperatorError if there is a key without chains or chains without a key, if they don't belong
 *   together, or if the configuration differs from a stored contract
 */
export function openProducer(
  config: BirthConfig,
  store: LedgerStore,
  now: number,
  as: BirthAs = CONFIGURED,
): Signer {
  const found = findKey(config, ownChains(store.chains()));
  if (found === undefined) return beBorn(config, store, now, as);
  const { key, isUnnamed } = found;
  if (isUnnamed) renameDurably(unborn(config), config.keyFile);
  takeConfiguration(config, store, key, now, as);
  signMissingCheckpoints(store, key);
  return key;
}

/**
 * Checks everything that {@link openProducer} would refuse, and changes nothing.
 * @param all the chains in the database
 * @throws OperatorError
 */
export function checkChains(config: BirthConfig, all: readonly Chain[], as: BirthAs = CONFIGURED): void {
  const found = findKey(config, ownChains(all));
  if (found === undefined) return;
  const added = newChains(config, ownChains(all), as).map((each) => contractOf(each, found.key.publicKey, 0));
  for (const contract of added) refuseNewNames(contract);
  refuseUnreadable(added, all);
}

/** The name of a key whose birth is not complete. */
function unborn({ keyFile }: BirthConfig): string {
  return `${keyFile}.new`;
}

/**
 * The key to the chains, and whether it still has its first name; undefined if there is neither a key nor a chain.
 * @throws OperatorError if one is there without the other, or they don't belong together
 */
function findKey(
  config: BirthConfig,
  chains: readonly Chain[],
): { readonly key: SigningKey; readonly isUnnamed: boolean } | undefined {
  const { keyFile, databaseFile } = config;
  const named = SigningKey.read(keyFile);
  if (chains.length === 0) {
    if (named === undefined) return undefined;
    throw new OperatorError(
      `there is a key (${keyFile}) but no chain in ${databaseFile}: restore the database that belongs to the key, ` +
        'or move the key away to begin new chains',
    );
  }
  if (named === undefined) {
    // After a crash between the chains' commit and the key's last step, the key still has its first name.
    const key = SigningKey.read(unborn(config));
    if (key !== undefined && owns(key, chains)) return { key, isUnnamed: true };
    throw new OperatorError(
      `there are chains in ${databaseFile} but their key (${keyFile}) is missing: restore it, ` +
        'or set DATABASE_URL to another file to begin new chains',
    );
  }
  if (owns(named, chains)) return { key: named, isUnnamed: false };
  throw new OperatorError(
    `the key in ${keyFile} (public key ${named.publicKey}) is not the one that the chains in ${databaseFile} name`,
  );
}

/** Creates the chains that are new in the list, all in one commit; the others must match the list. */
function takeConfiguration(
  config: BirthConfig,
  store: LedgerStore,
  key: SigningKey,
  now: number,
  as: BirthAs,
): void {
  const added = newChains(config, ownChains(store.chains()), as);
  if (added.length === 0) return;
  const births = added.map((settings) => birthOf(settings, as.origin, key, now));
  refuseUnreadable(contractsOf(births), store.chains());
  // A crash before its end leaves only the old chains; one after it leaves all of them.
  store.createChains(births);
}

/**
 * The settings of the chains that are new in the list.
 * @throws OperatorError if the others don't match the chains that are there
 */
function newChains(
  config: BirthConfig,
  chains: readonly Chain[],
  { keyVariable }: BirthAs,
): readonly ChainSettings[] {
  const chainOf = (settings: ChainSettings): Chain | undefined =>
    chains.find(({ name }) => name === settings.name) ??
    // Without a list, variables name the two chains: another name means another contract.
    (config.isListed ? undefined : chains.find(({ contract }) => contract.kind === settings.kind));
  const known = config.chains.flatMap((settings) => {
    const chain = chainOf(settings);
    return chain === undefined ? [] : [{ chain, settings }];
  });
  const configured = chains.filter((chain) => chain.origin === 'configured');
  refuseUnlisted(
    configured,
    configured.filter((chain) => !known.some((each) => each.chain === chain)),
    config,
  );
  refuseOtherContracts(known, keyVariable);
  return config.chains.filter((settings) => chainOf(settings) === undefined);
}

/** Chains are permanent: one that is no longer listed was forgotten, or belongs to another database. */
function refuseUnlisted(
  configured: readonly Chain[],
  missing: readonly Chain[],
  { databaseFile, isListed }: BirthConfig,
): void {
  if (missing.length === 0) return;
  const namesOf = (chains: readonly Chain[]): string => chains.map(({ name }) => name).join(', ');
  if (!isListed) {
    throw new OperatorError(
      `CHAINS is not set, but ${databaseFile} has the chains ${namesOf(configured)}: a chain is permanent.\n` +
        'List all of them in CHAINS, or set DATABASE_URL and PRODUCER_KEY_FILE to other files to begin other chains.',
    );
  }
  const names = namesOf(missing);
  throw new OperatorError(
    `CHAINS does not list ${names}, which ${missing.length === 1 ? 'is a chain' : 'are chains'} of ${databaseFile}: ` +
      'a chain is permanent.\n' +
      `List ${missing.length === 1 ? 'it' : 'them'} again, or set DATABASE_URL and PRODUCER_KEY_FILE to other files to begin other chains.`,
  );
}

/**
 * Chains that a follower could not read in the node's list must not be made: they could never be followed.
 * @throws OperatorError that names the first chain for which there is no room
 */
function refuseUnreadable(added: readonly Contract[], chains: readonly Chain[]): void {
  const room = new ListRoom(chains.map(({ contract }) => contract));
  const beyond = added.find((contract) => !room.take(contract));
  if (beyond === undefined) return;
  throw new OperatorError(`there is no room for the chain ${beyond.name}: ${LIST_LIMIT}`);
}

function contractsOf(births: readonly Pick<Birth, 'chain'>[]): readonly Contract[] {
  return births.map(({ chain }) => chain.contract);
}

/**
 * A chain with its first block.
 * @throws OperatorError for names that a new chain can't have
 */
export function birthOf(settings: ChainSettings, origin: ChainOrigin, key: Signer, now: number): Birth {
  const contract = contractOf(settings, key.publicKey, now);
  refuseNewNames(contract);
  const id = chainId(contract);
  return {
    chain: { id, name: contract.name, origin, contract },
    genesis: sealGenesis(contract, key),
    checkpoint: signCheckpoint(id, { size: 0, root: EMPTY_ROOT }, key),
  };
}

function beBorn(config: BirthConfig, store: LedgerStore, now: number, { origin }: BirthAs): Signer {
  const key = SigningKey.generate();
  const births = config.chains.map((settings) => birthOf(settings, origin, key, now));
  refuseUnreadable(contractsOf(births), store.chains());
  // A crash here leaves only a file that the next start overwrites.
  key.write(unborn(config));
  // A crash here leaves the same.
  store.createChains(births);
  // A crash here leaves chains whose key has its first name: the next start finishes the rename.
  renameDurably(unborn(config), config.keyFile);
  return key;
}

/** Logs new chains, one line each, after they are stored and the node's own logger is in place. */
export function logNewChains(chains: readonly Chain[]): void {
  const logger = new Logger('Chains');
  for (const { id, name, origin, contract } of chains) {
    logger.log(`new ${origin === 'private' ? 'private ' : ''}${contract.kind} chain ${name}: ${id}`);
  }
}

/** The first block of a chain, as its producer signs it. */
export function sealGenesis(contract: Contract, signer: Signer): VerifiedBlock {
  const header = genesisHeader(contract);
  const block = blockOnWire(
    { ...header, hash: blockHash(header), signature: signer.sign(signedText(header)) },
    contract.kind,
    [],
  );
  const nothing = { parent: undefined, books: undefined, nonceUsed: () => false };
  const verified = verifyBlock({ contract, block, ...nothing });
  assert(!('fault' in verified), 'our own genesis block is not valid');
  return verified;
}

/** The chains that this node seals: a follower's database also contains the followed ones. */
function ownChains(chains: readonly Chain[]): readonly Chain[] {
  return chains.filter(({ origin }) => origin !== 'followed');
}

function owns(key: SigningKey, chains: readonly Chain[]): boolean {
  return chains.every(({ contract }) => contract.producer === key.publicKey);
}
