/** A wallet: what it has, and all that came in and went out. */
import { useState } from 'preact/hooks';
import { walletPath as nodeWalletPath } from '../../../src/chain/contract/new-name.js';
import { headIndex, tokenChain, useNode, isTokenChain, nameInPath } from '../api/node.js';
import type { TokenContract, TransactionPage, Wallet, Address, ChainWallet, Chains } from '../api/types.js';
import { apiOf, walletPath } from '../api/routes.js';
import { useJson } from '../api/use-json.js';
import { counted } from '../format.js';
import { TransactionTable, type ClosingLine } from '../ui/entry-table.js';
import { OfChain } from '../ui/of-chain.js';
import {
  Card,
  CopyButton,
  Empty,
  Fact,
  Facts,
  Failed,
  Foreign,
  Loading,
  PageTitle,
  useTitle,
} from '../ui/parts.js';
import { Pager } from '../ui/pager.js';
import { Amount } from '../ui/amount.js';
import { ConfusableNote, WholeName } from '../ui/wallet-name.js';

const LIMIT = 25;
const LOOK_MS = 3000;

interface WalletPageProps {
  readonly address: string;
  /** the name of a token chain; undefined: the first one */
  readonly chain?: string;
}

export function WalletPage({ address, chain: name }: WalletPageProps) {
  const node = useNode();
  useTitle(`Wallet ${address}`);
  const tokenChains = node.chains?.chains.filter(isTokenChain) ?? [];
  const chain = name === undefined ? tokenChain(node.chains) : tokenChains.find((one) => one.name === name);
  const contract = chain?.contract;
  const symbol = contract?.token.symbol;
  const head = contract === undefined ? 0 : headIndex(node, contract.name);
  const { data: wallet, error, again } = useJson<Wallet>(`${apiOf(name)}${nodeWalletPath(address)}`, LOOK_MS);
  const isFeeWallet = contract?.fee.wallet === address;
  return (
    <OfChain.Provider value={name}>
      <PageTitle
        crumbs={tokenChains.length > 1 && chain !== undefined ? <>Wallet on {chain.name}</> : 'Wallet'}
        lead={
          isFeeWallet
            ? 'This is the wallet that fees go to.'
            : node.chains?.role === 'follower'
              ? `What it has at block ${head}, the last sealed one.`
              : 'What it has, with what waits for the next block.'
        }
      >
        <WholeName address={address} /> <CopyButton text={address} what="address" />
      </PageTitle>
      <ConfusableNote address={address} />
      {error !== undefined && <Failed error={error} again={again} />}
      {wallet === undefined && error === undefined && <Loading what="the wallet" />}
      {wallet !== undefined && (
        <Balance wallet={wallet} symbol={symbol} isOpen={contract?.wallets.policy !== 'signed'} />
      )}
      {tokenChains.length > 1 && <OnAllChains address={address} current={chain?.name} chains={node.chains} />}
      <Card title="History" id="history">
        <History address={address} chain={name} contract={contract} wallet={wallet} />
      </Card>
    </OfChain.Provider>
  );
}

interface BalanceProps {
  readonly wallet: Wallet;
  readonly symbol: string | undefined;
  readonly isOpen: boolean;
}

function Balance({ wallet, symbol, isOpen }: BalanceProps) {
  const isNegative = wallet.balance.startsWith('-');
  return (
    <Card>
      <div class="balance">
        <span class="quiet">Balance</span>
        <strong>
          <Amount value={wallet.balance} symbol={symbol} />
        </strong>
        {isNegative && isOpen && (
          <span class="hint">
            Below zero, and rightly so: under the policy “open” tokens come from outside, and a sender is only
            a name.
          </span>
        )}
      </div>
      <Facts wide>
        <Fact name="Available">
          <Amount value={wallet.available} />
        </Fact>
        <Fact name="Held, until the recipient answers">
          <Amount value={wallet.held} />
        </Fact>
        <Fact name="In">
          <Amount value={wallet.received} />{' '}
          <span class="hint">{counted(wallet.transactions_received, 'transaction')}</span>
        </Fact>
        <Fact name="Out, fees included">
          <Amount value={wallet.sent} />{' '}
          <span class="hint">{counted(wallet.transactions_sent, 'transaction')}</span>
        </Fact>
        <Fact name="Fees paid">
          <Amount value={wallet.fees_paid} />
        </Fact>
        <Fact name="Fees collected">
          <Amount value={wallet.fees_collected} />
        </Fact>
        <Fact name="Issued or allocated to it">
          <Amount value={wallet.issued} />
        </Fact>
      </Facts>
    </Card>
  );
}

interface OnAllChainsProps {
  readonly address: string;
  /** the chain that this page is about */
  readonly current: string | undefined;
  readonly chains: Chains | undefined;
}

function OnAllChains({ address, current, chains }: OnAllChainsProps) {
  const { data, error, again } = useJson<Address>(
    `/addresses?address=${encodeURIComponent(address)}`,
    LOOK_MS,
  );
  return (
    <Card title="On all chains" id="on-all-chains">
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="its other wallets" />}
      {data?.wallets.length === 0 && (
        <Empty title="No chain of this node has named it">Its wallets are empty on all of them.</Empty>
      )}
      {data !== undefined && data.wallets.length > 0 && (
        <div class="table-box">
          <table class="entries">
            <caption class="sr">What this address has, by chain</caption>
            <thead>
              <tr>
                <th scope="col">Chain</th>
                <th scope="col">Symbol</th>
                <th scope="col" class="right">
                  Balance
                </th>
                <th scope="col" class="right">
                  Held
                </th>
              </tr>
            </thead>
            <tbody>
              {data.wallets.map((wallet) => (
                <ChainRow key={wallet.id} wallet={wallet} current={current} chains={chains} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

interface ChainRowProps extends Omit<OnAllChainsProps, 'address'> {
  readonly wallet: ChainWallet;
}

function ChainRow({ wallet: { address, chain, symbol, balance, held }, current, chains }: ChainRowProps) {
  const href = walletPath(address, nameInPath(chains, { name: chain, kind: 'token' }));
  return (
    <tr>
      <td data-name="Chain">
        <a href={href} aria-current={chain === current ? 'page' : undefined}>
          {chain}
        </a>
      </td>
      <td data-name="Symbol">
        <Foreign value={symbol} />
      </td>
      <td data-name="Balance" class="right">
        <Amount value={balance} />
      </td>
      <td data-name="Held" class="right">
        <Amount value={held} />
      </td>
    </tr>
  );
}

interface HistoryProps {
  readonly address: string;
  readonly chain: string | undefined;
  readonly contract: TokenContract | undefined;
  readonly wallet: Wallet | undefined;
}

function History({ address, chain, contract, wallet }: HistoryProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { data, error, again } = useJson<TransactionPage>(
    `${apiOf(chain)}/transactions?address=${encodeURIComponent(address)}&limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    cursor === undefined ? LOOK_MS : undefined,
  );
  const next = data?.next_cursor ?? undefined;
  const isEnd = data !== undefined && next === undefined;
  const closing = isEnd && wallet !== undefined ? closingLines(wallet, contract) : [];
  const isEmpty = data?.transactions.length === 0 && closing.length === 0;
  return (
    <>
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="its transactions" />}
      {isEmpty && (
        <Empty title="Nothing in, nothing out">
          Every name has a wallet, and most are empty. It fills with the first transaction from or to it.
        </Empty>
      )}
      {data !== undefined && !isEmpty && (
        <TransactionTable
          entries={data.transactions}
          symbol={contract?.token.symbol}
          of={address}
          closing={closing}
          caption="Transactions of this wallet, newest first"
          chain={contract?.name}
          withState
        />
      )}
      {next !== undefined && <p class="hint">What these lines add up to is on the last page.</p>}
      <Pager
        what="the history"
        newer={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        older={next === undefined ? undefined : () => setCursors([...cursors, next])}
      />
    </>
  );
}

/** With the lines of its transactions, these are the wallet's balance. */
function closingLines(wallet: Wallet, contract: TokenContract | undefined): readonly ClosingLine[] {
  const allocation = contract?.wallets.allocations.find(({ address }) => address === wallet.address);
  const lines = [
    { name: 'Allocated by the contract', amount: allocation?.amount ?? '0' },
    { name: 'Fees collected with transactions', amount: wallet.fees_collected },
    { name: 'Held: taken above, and still its own until the recipient answers', amount: wallet.held },
  ];
  const sum = { name: 'Balance', amount: wallet.balance, isSum: true } as const;
  const found = lines.filter(({ amount }) => amount !== '0');
  return found.length === 0 && wallet.transactions_sent + wallet.transactions_received === 0
    ? found
    : [...found, sum];
}
