/** The first start of a producer makes its key and both chains together; every other start checks that they still belong together. */
import { blockHash, genesisHeader, signedText } from '../chain/block.js';
import { addressOf } from '../chain/address.js';
import {
  chainId,
  contractJson,
  type Contract,
  type InformationContract,
  type TokenContract,
} from '../chain/contract.js';
import type { PublicKey } from '../chain/bytes.js';
import { verifyBlock, type VerifiedBlock } from '../chain/verify-block.js';
import type { ProducerConfig } from '../config/config.js';
import { INFORMATION_CHAIN } from '../config/read-config.js';
import { assert, OperatorError } from '../ledger/errors.js';
import type { Chain, LedgerStore } from '../ledger/store.js';
import { refuseNewNames } from './new-contract.js';
import { blockOnWire } from './wire-block.js';
import { ProducerKey, renameDurably, type Signer } from './producer-key.js';

/**
 * @param now milliseconds since 1970-01-01 UTC: the time of birth, if this is one
 * @throws OperatorError when the key is there without the chains, the chains without the key, they don't belong
 *   together, or the configuration asks for another contract than the stored one
 */
export function openProducer(config: ProducerConfig, store: LedgerStore, now: number): Signer {
  const { keyFile, databaseFile } = config;
  const unborn = `${keyFile}.new`;
  const chains = store.chains();
  let key = ProducerKey.read(keyFile);
  if (chains.length === 0) {
    if (key === undefined) return beBorn(config, store, unborn, now);
    throw new OperatorError(
      `there is a key (${keyFile}) but no chain in ${databaseFile}: restore the database that belongs to the key, ` +
        'or move the key away to begin new chains',
    );
  }
  if (key === undefined) {
    // A crash between the chains' commit and the key's last step: the key lies there under its first name.
    key = ProducerKey.read(unborn);
    if (key === undefined || !owns(key, chains)) {
      throw new OperatorError(
        `there are chains in ${databaseFile} but their key (${keyFile}) is missing: restore it, ` +
          'or set DATABASE_URL to another file to begin new chains',
      );
    }
    renameDurably(unborn, keyFile);
  }
  if (!owns(key, chains)) {
    throw new OperatorError(
      `the key in ${keyFile} (public key ${key.publicKey}) is not the one that the chains in ${databaseFile} name`,
    );
  }
  refuseOtherContract(config, chains);
  return key;
}

function beBorn(config: ProducerConfig, store: LedgerStore, unborn: string, now: number): Signer {
  const key = ProducerKey.generate();
  const contracts = contractsOf(config, key.publicKey, now);
  refuseNewNames(contracts[0]);
  // A crash here leaves nothing that counts: a file that the next start overwrites.
  key.write(unborn);
  // A crash here leaves the same.
  const births = contracts.map((contract) => ({
    chain: { id: chainId(contract), name: contract.name, origin: 'configured' as const, contract },
    genesis: sealGenesis(contract, key),
  }));
  store.createChains(births);
  // A crash here leaves chains whose key has its first name: the next start finishes the rename.
  renameDurably(unborn, config.keyFile);
  return key;
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

function contractsOf(
  config: ProducerConfig,
  producer: PublicKey,
  createdAt: number,
): readonly [TokenContract, InformationContract] {
  return [
    { kind: 'token', producer, createdAt, ...config.token, feeWallet: feeWalletOf(config, producer) },
    { kind: 'information', name: INFORMATION_CHAIN, producer, createdAt, ...config.information },
  ];
}

/** Under the policy `signed` the fees go to the producer's own wallet, unless they are to go elsewhere. */
function feeWalletOf({ token }: ProducerConfig, producer: PublicKey): string {
  return token.feeWallet ?? (token.wallets.policy === 'signed' ? addressOf(producer) : OPEN_FEE_WALLET);
}

/** As the papers call it. */
const OPEN_FEE_WALLET = 'bpsc_wallet_address';

function owns(key: ProducerKey, chains: readonly Chain[]): boolean {
  return chains.every(({ contract }) => contract.producer === key.publicKey);
}

/** A contract never changes: another configuration would be another chain. */
function refuseOtherContract(config: ProducerConfig, chains: readonly Chain[]): void {
  const rows: string[][] = [];
  for (const { contract } of chains) {
    const wanted = contractsOf(config, contract.producer, contract.createdAt).find(
      ({ kind }) => kind === contract.kind,
    );
    assert(wanted !== undefined, 'a chain of each kind is configured');
    const stored = flatten(contractJson(contract));
    const configured = flatten(contractJson(wanted));
    for (const field of new Set([...stored.keys(), ...configured.keys()])) {
      const [kept, value] = [stored.get(field), configured.get(field)];
      if (kept !== value) rows.push([contract.name, field, cell(kept), cell(value)]);
    }
  }
  if (rows.length === 0) return;
  throw new OperatorError(
    'the configuration differs from the stored contract, which never changes:\n' +
      `${table([['chain', 'field', 'stored', 'configured'], ...rows])}\n` +
      'Set the configuration back, or set DATABASE_URL and PRODUCER_KEY_FILE to other files to begin other chains.',
  );
}

/** Allocations can be long. */
function cell(value = 'nothing'): string {
  return value.length > CELL_MAX ? `${value.slice(0, CELL_MAX)}…` : value;
}

const CELL_MAX = 60;

/** Leaves of a nested object by their dotted path, as JSON text. */
function flatten(value: object, path = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      for (const [leaf, text] of flatten(item as object, name)) leaves.set(leaf, text);
    } else {
      leaves.set(name, JSON.stringify(item));
    }
  }
  return leaves;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
