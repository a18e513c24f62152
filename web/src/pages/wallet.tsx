/** A wallet: what it has, and all that came in and went out. */
import { useState } from 'preact/hooks';
import { walletPath } from '../../../src/chain/new-name.js';
import { headIndex, tokenChain, useNode } from '../api/node.js';
import type { TransactionPage, Wallet } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { counted } from '../format.js';
import { TransactionTable } from '../ui/entry-table.js';
import { Amount, Card, CopyButton, Empty, Fact, Facts, Failed, Loading, PageTitle } from '../ui/parts.js';
import { Pager } from '../ui/pager.js';

const LIMIT = 25;
const LOOK_MS = 3000;

export function WalletPage({ address }: { readonly address: string }) {
  const node = useNode();
  const contract = tokenChain(node.chains)?.contract;
  const symbol = contract?.token?.symbol;
  const head = contract === undefined ? 0 : headIndex(node, contract.name);
  // Balances change when a block is sealed; the query only tells the answers apart.
  const { data: wallet, error, again } = useJson<Wallet>(walletPath(address), LOOK_MS);
  const isFeeWallet = contract?.fee?.wallet === address;
  return (
    <>
      <PageTitle
        crumbs="Wallet"
        lead={
          isFeeWallet
            ? 'This is the wallet that fees go to.'
            : `What it has at block ${head}, the last sealed one.`
        }
      >
        <bdi class="wrap">{address}</bdi> <CopyButton text={address} what="address" />
      </PageTitle>
      {error !== undefined && <Failed error={error} again={again} />}
      {wallet === undefined && error === undefined && <Loading what="the wallet" />}
      {wallet !== undefined && (
        <Balance wallet={wallet} symbol={symbol} isOpen={contract?.wallets?.policy !== 'signed'} />
      )}
      <Card title="History" id="history">
        <History address={address} symbol={symbol} />
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

function History({ address, symbol }: { readonly address: string; readonly symbol: string | undefined }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { data, error, again } = useJson<TransactionPage>(
    `/transactions?address=${encodeURIComponent(address)}&limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    cursor === undefined ? LOOK_MS : undefined,
  );
  const next = data?.next_cursor ?? undefined;
  return (
    <>
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="its transactions" />}
      {data?.transactions.length === 0 && (
        <Empty title="Nothing in, nothing out">
          Every name has a wallet, and most are empty. It fills with the first transaction from or to it.
          (Fees are credited without a transaction of their own.)
        </Empty>
      )}
      {data !== undefined && data.transactions.length > 0 && (
        <TransactionTable
          entries={data.transactions}
          symbol={symbol}
          of={address}
          caption="Transactions of this wallet, newest first"
          withState
        />
      )}
      <Pager
        what="the history"
        newer={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        older={next === undefined ? undefined : () => setCursors([...cursors, next])}
      />
    </>
  );
}
