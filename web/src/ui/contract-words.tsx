/** A contract in words, and its id to compare. */
import { nameInPath, useNode } from '../api/node.js';
import { isTokenContract } from '../../../src/chain/contract/kinds.js';
import type { Chain, Schedule, TokenContract } from '../api/types.js';
import { counted, grouped, percent, span } from '../format.js';
import { OfChain } from './of-chain.js';
import { Fact, Facts, Foreign, HashText, Time } from './parts.js';
import { Amount } from './amount.js';
import { WalletName } from './wallet-name.js';

export function ContractWords({ chain }: { readonly chain: Chain }) {
  const { contract, id } = chain;
  const { chains } = useNode();
  return (
    <Facts>
      <Fact name="A block is sealed">{scheduleWords(contract.schedule)}</Fact>
      {isTokenContract(contract) ? (
        <OfChain.Provider value={nameInPath(chains, chain)}>
          <TokenFacts contract={contract} />
        </OfChain.Provider>
      ) : (
        <Fact name="Holds">
          Salted hashes of information records. The information itself travels beside the chain, and can be
          erased without breaking it.
        </Fact>
      )}
      <Fact name="Producer’s key">
        <HashText value={contract.producer} what="the producer’s public key" digits={10} />
      </Fact>
      <Fact name="Chain id">
        <HashText value={id} what="chain id" digits={10} />
        <span class="hint">the hash of this contract: compare it with what the producer told you</span>
      </Fact>
      <Fact name="Since">
        <Time at={contract.created_at} both />
      </Fact>
    </Facts>
  );
}

function TokenFacts({ contract: { fee, token, wallets } }: { readonly contract: TokenContract }) {
  const [first] = wallets.allocations;
  return (
    <>
      <Fact name="Fee">
        {feeWords(fee)} {fee.disposition === 'collect' && <WalletName address={fee.wallet} />}
      </Fact>
      <Fact name="Wallets">{policyWords(wallets.policy)}</Fact>
      {first !== undefined && (
        <Fact name="From the beginning">
          {counted(wallets.allocations.length, 'wallet has', 'wallets have')} tokens
          {wallets.allocations.length === 1 ? ': ' : ', such as '}
          <WalletName address={first.address} /> <Amount value={first.amount} symbol={token.symbol} />
        </Fact>
      )}
      {wallets.issuer !== undefined && (
        <Fact name="Issuer">
          New tokens come from <WalletName address={wallets.issuer} /> alone
        </Fact>
      )}
      <Fact name="Token">
        <Foreign value={token.symbol} />, {token.decimals} decimals
      </Fact>
    </>
  );
}

export function scheduleWords({ interval_ms, max_entries, seal_empty }: Schedule): string {
  const time = interval_ms === null ? '' : `${span(interval_ms)} after its first entry at the latest`;
  const count =
    max_entries === null
      ? ''
      : `as soon as ${grouped(max_entries)} ${max_entries === 1 ? 'entry waits' : 'entries wait'}`;
  const empty =
    interval_ms !== null && seal_empty ? `; every ${span(interval_ms)} also when nothing waits` : '';
  if (time === '' && count === '') return 'on request only';
  return (time === '' || count === '' ? `${count}${time}` : `${count}, and ${time}`) + empty;
}

function feeWords({ rate, disposition }: TokenContract['fee']): string {
  if (/^0(\.0*)?$/.test(rate)) return 'None.';
  return disposition === 'burn'
    ? `${percent(rate)} of what is sent is burnt: it leaves the supply.`
    : `${percent(rate)} of what is sent goes to`;
}

function policyWords(policy: TokenContract['wallets']['policy']): string {
  return policy === 'open'
    ? 'Open: a wallet is a name. Anyone who may post can send in any name, tokens come from outside, and balances can be negative.'
    : 'Signed: a wallet belongs to a key. Only its holder can send from it, and never more than it has.';
}
