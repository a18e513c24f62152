/** A wallet that is open in this page: it sends, and answers holds. Every request is signed here. */
import { useMemo, useState } from 'preact/hooks';
import { BpscClient } from '../../../src/client/client.js';
import { BpscError } from '../../../src/client/errors.js';
import type { Signer } from '../../../src/client/signer.js';
import { nameInPath, useNode } from '../api/node.js';
import { apiOf, transactionPath } from '../api/routes.js';
import type { TokenChain, TransactionPage, Wallet } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { Amount } from '../ui/amount.js';
import { Fact, Facts, HashText, Note, Time } from '../ui/parts.js';
import { WalletName } from '../ui/wallet-name.js';

const LOOK_MS = 2000;
const MINUTE_MS = 60_000;
const HOLDS_LIMIT = 50;

interface SignedWalletProps {
  readonly chain: TokenChain;
  readonly signer: Signer;
  readonly token: string;
  readonly onClose: () => void;
}

type Act = (client: ReturnType<BpscClient['chain']>) => Promise<{ readonly id: string }>;

export function SignedWallet({ chain, signer, token, onClose }: SignedWalletProps) {
  const ofChain = nameInPath(useNode().chains, chain);
  const client = useMemo(
    () => new BpscClient(location.origin, token === '' ? {} : { apiToken: token }).chain(chain.id),
    [chain.id, token],
  );
  const [isBusy, setBusy] = useState(false);
  const [sent, setSent] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const act = (run: Act): void => {
    setBusy(true);
    setProblem(undefined);
    setSent(undefined);
    run(client)
      .then(({ id }) => setSent(id))
      .catch((error: unknown) => setProblem(error instanceof BpscError ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  const { data: wallet } = useJson<Wallet>(`${apiOf(ofChain)}/wallets/${signer.address}`, LOOK_MS);
  const symbol = chain.contract.token.symbol;
  return (
    <>
      <Facts>
        <Fact name="Open wallet">
          <WalletName address={signer.address} whole />{' '}
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        </Fact>
        <Fact name="Available">
          {wallet === undefined ? '…' : <Amount value={wallet.available} symbol={symbol} />}
        </Fact>
      </Facts>
      <SendForm symbol={symbol} signer={signer} isBusy={isBusy} act={act} />
      {problem !== undefined && (
        <Note tone="bad" title="Not sent">
          {problem}
        </Note>
      )}
      {sent !== undefined && (
        <Note tone="ok" title="Signed here, and accepted">
          <HashText value={sent} what="transaction id" href={transactionPath(sent, ofChain)} />
        </Note>
      )}
      <Holds api={apiOf(ofChain)} symbol={symbol} signer={signer} isBusy={isBusy} act={act} />
    </>
  );
}

interface PartProps {
  readonly symbol: string;
  readonly signer: Signer;
  readonly isBusy: boolean;
  readonly act: (run: Act) => void;
}

function SendForm({ symbol, signer, isBusy, act }: PartProps) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string): string => {
      const text = data.get(name);
      return typeof text === 'string' ? text.trim() : '';
    };
    const [memo, minutes] = [value('memo'), Number(value('minutes'))];
    act((client) =>
      client.send({
        from: signer,
        to: value('to'),
        amount: value('amount'),
        ...(memo === '' ? {} : { memo }),
        ...(minutes > 0 ? { holdUntil: Date.now() + minutes * MINUTE_MS } : {}),
      }),
    );
  };
  return (
    <form class="form" onSubmit={submit} noValidate aria-label="Sign and send">
      <TextField name="to" label="To" />
      <TextField name="amount" label={`Amount in ${symbol}`} inputMode="decimal" />
      <TextField name="memo" label="Memo (optional)" />
      <TextField
        name="minutes"
        label="Held for minutes, until the recipient accepts (optional)"
        inputMode="numeric"
      />
      <button type="submit" class="button primary" disabled={isBusy}>
        {isBusy ? 'Working …' : 'Sign and send'}
      </button>
    </form>
  );
}

interface TextFieldProps {
  readonly name: string;
  readonly label: string;
  readonly inputMode?: 'decimal' | 'numeric';
}

function TextField({ name, label, inputMode }: TextFieldProps) {
  return (
    <div class="field">
      <label for={`signed-${name}`}>{label}</label>
      <input
        id={`signed-${name}`}
        name={name}
        type="text"
        autocomplete="off"
        spellcheck={false}
        inputMode={inputMode ?? 'text'}
      />
    </div>
  );
}

/** Transfers to this wallet that wait for its answer. */
function Holds({ api, symbol, signer, isBusy, act }: PartProps & { readonly api: string }) {
  const { address } = signer;
  const { data } = useJson<TransactionPage>(
    `${api}/transactions?address=${address}&limit=${HOLDS_LIMIT}`,
    LOOK_MS,
  );
  const holds = (data?.transactions ?? []).filter(
    ({ state, recipient, ended_by: end }) =>
      state === 'held' && recipient === address && (end ?? null) === null,
  );
  if (holds.length === 0) return null;
  return (
    <div>
      <h3>Waiting for your answer</h3>
      <ul class="results">
        {holds.map(({ id, sender, amount_receive: receive = '', hold_until: until = 0 }) => (
          <li key={id} class="hold">
            <span>
              <Amount value={receive} symbol={symbol} /> from <WalletName address={sender} />,{' '}
              <span class="hint">
                until <Time at={until} />
              </span>
            </span>
            <span class="hold-answers">
              <button
                type="button"
                class="button primary"
                disabled={isBusy}
                onClick={() => act((client) => client.accept(id, { from: signer }))}
              >
                Accept
              </button>
              <button
                type="button"
                class="button"
                disabled={isBusy}
                onClick={() => act((client) => client.decline(id, { from: signer }))}
              >
                Decline
              </button>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
