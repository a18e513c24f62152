/** The three steps of the page, each with what the one before it made filled in. */
import { useState } from 'preact/hooks';
import { Card, CopyButton, Note } from '../../../src/ui/parts.js';
import { ThemeSwitch } from '../../../src/ui/theme-switch.js';
import { request, RequestError } from '../api.js';

interface Wallet {
  readonly private_key: string;
  readonly public_key: string;
}

interface Signed {
  readonly transaction: {
    readonly sender_address: string;
    readonly recipient_address: string;
    readonly value: string;
  };
  readonly signature: string;
}

export function WalletPage() {
  const [wallet, setWallet] = useState<Wallet>();
  const [signed, setSigned] = useState<Signed>();
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <div class="top-inner">
          <span class="brand">
            <img src="/favicon.svg" alt="" width="26" height="26" />
            <span>Wallet</span>
          </span>
          <div class="top-end teaching-end">
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main">
        <h1>Make a wallet, sign, send</h1>
        <Note tone="loud" title="For class only: these keys and signatures are broken">
          <p>
            A key of 1024 bits can be factored by whoever has the money for it, and two texts with the same
            SHA-1 have been made since 2017. This page uses both all the same, since PyVerse’s original takes
            nothing else. And a server that makes your private key has seen it.
          </p>
        </Note>
        <MakeWallet wallet={wallet} onWallet={setWallet} />
        <SignTransaction key={wallet?.public_key} wallet={wallet} onSigned={setSigned} />
        <SendTransaction signed={signed} />
      </main>
      <footer class="foot">
        <span>The client of a proof-of-work chain with wallets.</span>
        <a href="/api">API</a>
      </footer>
    </>
  );
}

/** Does something at a time, and keeps the sentence about what went wrong. */
function useTask() {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (task: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await task();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, run };
}

function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <Note tone="bad">
      <p>{text}</p>
    </Note>
  );
}

interface MakeWalletProps {
  readonly wallet: Wallet | undefined;
  readonly onWallet: (wallet: Wallet) => void;
}

function MakeWallet({ wallet, onWallet }: MakeWalletProps) {
  const { isBusy, problem, run } = useTask();
  const make = (): Promise<void> => run(async () => onWallet((await request('/wallet/new')) as Wallet));
  return (
    <Card title="1. A wallet" id="wallet-title">
      <p class="hint">
        A pair of keys. The public one is the address, and the private one signs. Keep it: it is stored
        nowhere.
      </p>
      <div class="button-row">
        <button type="button" class="button primary" disabled={isBusy} onClick={() => void make()}>
          {wallet === undefined ? 'Make a wallet' : 'Make another wallet'}
        </button>
      </div>
      <Problem text={problem} />
      {wallet !== undefined && (
        <div role="status">
          <Key title="Address (public key)" value={wallet.public_key} />
          <Key title="Private key" value={wallet.private_key} />
        </div>
      )}
    </Card>
  );
}

function Key({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <>
      <div class="key-head">
        <strong>{title}</strong>
        <CopyButton text={value} what={title} />
      </div>
      <div class="key-text" tabIndex={0} role="region" aria-label={title}>
        {value}
      </div>
    </>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly isSecret?: boolean;
}

function TextField({ label, name, value, onInput, isSecret = false }: TextFieldProps) {
  const attributes = {
    id: name,
    name,
    value,
    autocomplete: 'off',
    spellcheck: false,
    onInput: (event: { readonly currentTarget: HTMLInputElement }): void =>
      onInput(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {isSecret ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
    </div>
  );
}

interface SignTransactionProps {
  readonly wallet: Wallet | undefined;
  readonly onSigned: (signed: Signed) => void;
}

function SignTransaction({ wallet, onSigned }: SignTransactionProps) {
  const [values, setValues] = useState({
    sender_address: wallet?.public_key ?? '',
    sender_private_key: wallet?.private_key ?? '',
    recipient_address: '',
    amount: '5',
  });
  const { isBusy, problem, run } = useTask();
  const field = (name: keyof typeof values, label: string, isSecret = false) => (
    <TextField
      label={label}
      name={name}
      isSecret={isSecret}
      value={values[name]}
      onInput={(value) => setValues((before) => ({ ...before, [name]: value }))}
    />
  );
  const sign = (): Promise<void> =>
    run(async () => onSigned((await request('/generate/transaction', values)) as Signed));
  return (
    <Card title="2. A transaction" id="sign-title">
      <form
        class="teaching-form"
        onSubmit={(event) => {
          event.preventDefault();
          void sign();
        }}
      >
        {field('sender_address', 'Sender address')}
        {field('sender_private_key', 'Sender private key', true)}
        {field('recipient_address', 'Recipient address')}
        {field('amount', 'Amount')}
        <Problem text={problem} />
        <div class="button-row">
          <button type="submit" class="button primary" disabled={isBusy}>
            Sign
          </button>
        </div>
      </form>
    </Card>
  );
}

function SendTransaction({ signed }: { readonly signed: Signed | undefined }) {
  const [node, setNode] = useState('http://127.0.0.1:5000');
  const [told, setTold] = useState<string>();
  const { isBusy, problem, run } = useTask();
  const send = (): Promise<void> =>
    run(async () => {
      setTold(undefined);
      if (signed === undefined) throw new RequestError('Sign a transaction first.');
      const { value: amount, ...addresses } = signed.transaction;
      const url = `${node.trim().replace(/\/+$/, '')}/transactions/new`;
      const form = { ...addresses, amount, signature: signed.signature };
      setTold(((await request(url, form)) as { message: string }).message);
    });
  return (
    <Card title="3. To a node" id="send-title">
      <form
        class="teaching-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {signed === undefined ? (
          <p class="hint">There is no signature yet.</p>
        ) : (
          <div role="status">
            <Key title={`Signature for ${signed.transaction.value}`} value={signed.signature} />
          </div>
        )}
        <TextField label="Node" name="node" value={node} onInput={setNode} />
        <Problem text={problem} />
        {told !== undefined && (
          <div role="status">
            <Note tone="ok">
              <p>{told}</p>
            </Note>
          </div>
        )}
        <div class="button-row">
          <button type="submit" class="button primary" disabled={isBusy}>
            Send
          </button>
        </div>
      </form>
    </Card>
  );
}
