/** A wallet: what it has, and all that came in and went out. */
import { useState } from 'preact/hooks';
import { walletPath } from '../../../src/chain/contract/new-name.js';
import { headIndex, tokenChain, useNode } from '../api/node.js';
import type { TokenContract, TransactionPage, Wallet } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { counted } from '../format.js';
import { TransactionTable, type ClosingLine } from '../ui/entry-table.js';
import {
  Amount,
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

const LIMIT = 25;
const LOOK_MS = 3000;

export function WalletPage({ address }: { readonly address: string }) {
  const node = useNode();
  useTitle(`Wallet ${address}`);
  const contract = tokenChain(node.chains)?.contract;
  const symbol = contract?.token.symbol;
  const head = contract === undefined ? 0 : headIndex(node, contract.name);
  const { data: wallet, error, again } = useJson<Wallet>(walletPath(address), LOOK_MS);
  const isFeeWallet = contract?.fee.wallet === address;
  return (
    <>
      <PageTitle
        crumbs="Wallet"
        lead={
          isFeeWallet
            ? 'This is the wallet that fees go to.'
            : node.chains?.role === 'follower'
              ? `What it has at block ${head}, the last sealed one.`
              : 'What it has, with what waits for the next block.'
        }
      >
        <Foreign class="wrap" value={address} /> <CopyButton text={address} what="address" />
      </PageTitle>
      {error !== undefined && <Failed error={error} again={again} />}
      {wallet === undefined && error === undefined && <Loading what="the wallet" />}
      {wallet !== undefined && (
        <Balance wallet={wallet} symbol={symbol} isOpen={contract?.wallets.policy !== 'signed'} />
      )}
      <Card title="History" id="history">
        <History address={address} contract={contract} wallet={wallet} />
      </Card>
    </>
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

interface HistoryProps {
  readonly address: string;
  readonly contract: TokenContract | undefined;
  readonly wallet: Wallet | undefined;
}

function History({ address, contract, wallet }: HistoryProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { data, error, again } = useJson<TransactionPage>(
    `/transactions?address=${encodeURIComponent(address)}&limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
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
