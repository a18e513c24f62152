/** Forms for a transaction and an information record, and sealing at once. The producer alone takes them. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, postJson } from '../api/get.js';
import { isTokenChain, nameInPath, ownChainOf, statusOf, useNode } from '../api/node.js';
import { apiOf, blockPath, informationPath, transactionPath } from '../api/routes.js';
import type {
  AcceptedInformation,
  AcceptedTransaction,
  Chain,
  NewInformationBlock,
  NewTransactionBlock,
  TokenChain,
} from '../api/types.js';
import { grouped, percent, waitingWords } from '../format.js';
import { ChainSelect } from '../ui/chain-select.js';
import {
  Card,
  CopyButton,
  Empty,
  Failed,
  Foreign,
  HashText,
  JsonText,
  Loading,
  Note,
  PageTitle,
  useTitle,
} from '../ui/parts.js';
import { SignCard } from '../ui/sign-card.js';

export function TryItPage() {
  const { chains } = useNode();
  useTitle('Try it');
  if (chains === undefined) return <Loading what="the node" />;
  return (
    <>
      <PageTitle lead="Send something, and watch it go into a block. The line below each form does the same in a terminal.">
        Try it
      </PageTitle>
      {chains.role === 'follower' ? (
        <AtFollower own={ownChainOf(chains)} upstream={chains.upstream} />
      ) : (
        <Forms chains={chains.chains} />
      )}
    </>
  );
}

interface AtFollowerProps {
  readonly own: Chain | undefined;
  readonly upstream: string | null;
}

/** It takes entries for its own chain, if it has one. */
function AtFollower({ own, upstream }: AtFollowerProps) {
  const link = (
    <a href={`${upstream ?? ''}/explorer/try`} rel="noreferrer">
      <Foreign value={upstream ?? ''} />
    </a>
  );
  if (own === undefined) {
    return (
      <Empty title="This node is a follower: it takes nothing in">
        Only the producer accepts transactions and information. This node pulls from {link}.
      </Empty>
    );
  }
  return (
    <>
      <Note
        tone="info"
        title={`This node is a follower: it takes information for its own chain, ${own.name}`}
      >
        Its other chains take entries at their producers. This node pulls from {link}.
      </Note>
      <Forms chains={[own]} />
    </>
  );
}

function Forms({ chains }: { readonly chains: readonly Chain[] }) {
  const [token, setToken] = useState('');
  const [needsToken, setNeedsToken] = useState(false);
  const onError = (error: ApiError): void => {
    if (error.status === 401) setNeedsToken(true);
  };
  return (
    <>
      {needsToken && (
        <Card title="This node’s token" id="token-card">
          <form class="form" onSubmit={(event) => event.preventDefault()}>
            <Field label="API token" name="token" hint="Kept by this page alone, until it is closed.">
              {(attributes) => (
                <input
                  {...attributes}
                  type="password"
                  autocomplete="off"
                  value={token}
                  onInput={(event) => setToken(event.currentTarget.value)}
                />
              )}
            </Field>
          </form>
        </Card>
      )}
      <div class="columns">
        <Chosen
          chains={chains.filter(isTokenChain)}
          label="Token chain"
          token={token}
          onError={onError}
          form={(chain) => (
            <>
              {chain.contract.wallets.policy === 'signed' && (
                <SignCard key={chain.id} chain={chain} token={token} />
              )}
              <TransactionForm
                key={chain.contract.wallets.policy}
                chain={chain}
                token={token}
                onError={onError}
              />
            </>
          )}
        />
        <Chosen
          chains={chains.filter((chain) => !isTokenChain(chain))}
          label="Information chain"
          token={token}
          onError={onError}
          form={(chain) => <InformationForm chain={chain} token={token} onError={onError} />}
        />
      </div>
    </>
  );
}

interface ChosenProps<C extends Chain> extends FormProps {
  readonly chains: readonly C[];
  readonly label: string;
  readonly form: (chain: C) => ComponentChildren;
}

/** The form and the button of one chain of a kind, with a choice where there are several: it keeps what was typed. */
function Chosen<C extends Chain>({ chains, label, form, token, onError }: ChosenProps<C>) {
  const [name, setName] = useState<string>();
  const chain = chains.find((one) => one.name === name) ?? chains[0];
  if (chain === undefined) return null;
  return (
    <div class="stack">
      <ChainSelect
        label={label}
        id={`of-${chain.kind}`}
        chains={chains}
        value={chain.name}
        onChange={setName}
      />
      {form(chain)}
      <SealNow chain={chain} token={token} onError={onError} />
    </div>
  );
}

/** The paper's route where the chain is the first of its kind, as in the README; else the chain's own. */
function usePath(chain: Chain, paper: string, own: string): string {
  const { chains } = useNode();
  const name = nameInPath(chains, chain);
  return name === undefined ? paper : `${apiOf(name)}/${own}`;
}

interface Attributes {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly children: (attributes: Attributes) => ComponentChildren;
}

/** A field with its label, its hint, and what the node says is wrong with it. */
function Field({ label, name, hint, error, children }: FieldProps) {
  const described = [hint === undefined ? '' : `${name}-hint`, error === undefined ? '' : `${name}-error`];
  const ids = described.filter((id) => id !== '').join(' ');
  return (
    <div class={error === undefined ? 'field' : 'field wrong'}>
      <label for={name}>{label}</label>
      {children({
        id: name,
        name,
        'aria-describedby': ids === '' ? undefined : ids,
        'aria-invalid': error !== undefined,
      })}
      {error !== undefined && (
        <span class="field-error" id={`${name}-error`} role="alert">
          {error}
        </span>
      )}
      {hint !== undefined && (
        <span class="hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** Sends a body and keeps the answer, which belongs to that path: another chain's form doesn't show it. */
function useSending<T>(path: string, token: string, onError: (error: ApiError) => void) {
  const [isSending, setSending] = useState(false);
  const [sent, setSent] = useState<{ path: string; answer?: T; error?: ApiError }>();
  const sendText = async (text: string): Promise<void> => {
    setSending(true);
    setSent(undefined);
    try {
      setSent({ path, answer: (await postJson<T>(path, text, token)).body });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setSent({ path, error });
      onError(error);
    } finally {
      setSending(false);
    }
  };
  const { answer, error } = sent?.path === path ? sent : {};
  return { isSending, answer, error, sendText };
}

/** What the node says of one field: by its name, or by a JSON Pointer into the body. */
function errorOf(error: ApiError | undefined, name: string): string | undefined {
  const found = error?.errors.find(
    ({ field }) => field === name || field.startsWith(`/${name}`) || field.startsWith(`${name}.`),
  );
  return found?.message;
}

interface FormProps {
  readonly token: string;
  readonly onError: (error: ApiError) => void;
}

const TRANSACTION_FIELDS = [
  'sender',
  'recipient',
  'amount',
  'memo',
  'nonce',
  'public_key',
  'signature',
] as const;

function TransactionForm({ chain, token, onError }: FormProps & { readonly chain: TokenChain }) {
  const path = usePath(chain, '/transactions/new', 'transactions');
  const ofChain = useOfChainName(chain);
  const { contract } = chain;
  const isSigned = contract.wallets.policy === 'signed';
  const [values, setValues] = useState({
    sender: isSigned ? '' : 'alice',
    recipient: isSigned ? '' : 'bob',
    amount: '1000000',
    memo: '',
    nonce: '',
    public_key: '',
    signature: '',
  });
  const { isSending, answer, error, sendText } = useSending<AcceptedTransaction>(path, token, onError);
  const body = JSON.stringify(filled(values));
  const field = (name: keyof typeof values, label: string, hint?: ComponentChildren, optional = false) => (
    <Field
      label={optional ? `${label} (optional)` : label}
      name={name}
      hint={hint}
      error={errorOf(error, name)}
    >
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          inputMode={name === 'amount' ? 'decimal' : 'text'}
          value={values[name]}
          onInput={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void sendText(body);
  };
  return (
    <Card title="Send tokens" id="send">
      {isSigned && (
        <Note tone="info" title="Wallets here are signed">
          A transfer needs its holder’s signature. Sign above, or with <code>npx bpsc send</code>; both also
          send it. This form is for what was signed elsewhere.
        </Note>
      )}
      <form class="form" onSubmit={submit} noValidate>
        {field('sender', 'From')}
        {field('recipient', 'To')}
        {field(
          'amount',
          `Amount in ${contract.token.symbol}`,
          `${percent(contract.fee.rate)} of it is the fee.`,
        )}
        {field('memo', 'Memo', undefined, true)}
        {field(
          'nonce',
          'Nonce',
          'Makes it safe to send again: the same nonce is never taken twice.',
          !isSigned,
        )}
        {isSigned && field('public_key', 'Public key')}
        {isSigned && field('signature', 'Signature')}
        <button type="submit" class="button primary" disabled={isSending}>
          {isSending ? 'Sending …' : 'Send'}
        </button>
      </form>
      <OtherErrors error={error} known={TRANSACTION_FIELDS} />
      {answer !== undefined && (
        <Note tone="ok" title={answer.message}>
          <HashText
            value={answer.transaction.id}
            what="transaction id"
            href={transactionPath(answer.transaction.id, ofChain)}
          />{' '}
          {answer.transaction.amount_receive !== undefined && (
            <>
              {grouped(answer.transaction.amount_receive)} will arrive, the fee is{' '}
              {grouped(answer.transaction.amount_bpsc ?? '0')}.
            </>
          )}
        </Note>
      )}
      <Curl method="POST" path={path} body={body} withToken={token !== ''} />
    </Card>
  );
}

function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

const INFORMATION_FIELDS = ['information', 'nonce'] as const;

function InformationForm({ chain, token, onError }: FormProps & { readonly chain: Chain }) {
  const path = usePath(chain, '/information/new', 'information');
  const ofChain = useOfChainName(chain);
  const [text, setText] = useState('{\n  "student": "Ada",\n  "degree": "BSc"\n}');
  const { isSending, answer, error, sendText } = useSending<AcceptedInformation>(path, token, onError);
  const json = readJson(text);
  // Sent as it was written, so that the node's own strict parser judges it.
  const body = `{"information":${json ?? text}}`;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void sendText(body);
  };
  return (
    <Card title="Record information" id="record">
      <form class="form" onSubmit={submit} noValidate>
        <Field
          label="Information"
          name="information"
          hint="Any JSON, up to 64 KiB. Everybody who reaches a node can read it."
          error={
            errorOf(error, 'information') ??
            (error?.code === 'MALFORMED_JSON' ? error.errors[0]?.message : undefined)
          }
        >
          {(attributes) => (
            <textarea
              {...attributes}
              rows={7}
              dir="ltr"
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="button primary" disabled={isSending}>
          {isSending ? 'Recording …' : 'Record'}
        </button>
      </form>
      {error?.code !== 'MALFORMED_JSON' && <OtherErrors error={error} known={INFORMATION_FIELDS} />}
      {answer !== undefined && (
        <Note tone="ok" title={answer.message}>
          <HashText value={answer.id} what="record id" href={informationPath(answer.id, ofChain)} />
        </Note>
      )}
      <Curl method="POST" path={path} body={body} withToken={token !== ''} />
    </Card>
  );
}

/** Without its white space; undefined when it is no JSON: then the node says why. Numbers stay as they were written. */
function readJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) => (part.startsWith('"') ? part : ''));
}

/** What is wrong beside the fields. */
function OtherErrors({
  error,
  known,
}: {
  readonly error: ApiError | undefined;
  readonly known: readonly string[];
}) {
  if (error === undefined) return null;
  const atFields = known.filter((name) => errorOf(error, name) !== undefined).length;
  if (atFields > 0 && atFields >= error.errors.length) return null;
  return <Failed error={error} />;
}

/** @returns undefined for the first chain of its kind, which addresses need not name */
function useOfChainName(chain: Chain): string | undefined {
  return nameInPath(useNode().chains, chain);
}

function SealNow({ chain, token, onError }: FormProps & { readonly chain: Chain }) {
  const { status } = useNode();
  const path = usePath(chain, isTokenChain(chain) ? '/mine' : '/information/mine', 'mine');
  const { isSending, answer, error, sendText } = useSending<NewTransactionBlock | NewInformationBlock>(
    path,
    token,
    onError,
  );
  const waiting = statusOf(status, chain.name)?.waiting ?? undefined;
  return (
    <Card title={<>Next block of {chain.name}</>} id={`seal-${chain.kind}`}>
      <p class="hint">
        Blocks are sealed automatically, as the contract says. This seals the next one immediately.
      </p>
      <div class="seal-one">
        <button type="button" class="button" disabled={isSending} onClick={() => void sendText('')}>
          Seal {chain.name} now
        </button>{' '}
        {waiting !== undefined && (
          <span class="quiet">{waiting === 0 ? 'nothing waits' : waitingWords(waiting)}</span>
        )}
        {answer !== undefined && (
          <Note tone="ok" title="New block sealed">
            <a href={blockPath(chain.name, answer.index)}>
              Block {grouped(answer.index)} of {chain.name}
            </a>
          </Note>
        )}
        {error !== undefined && <Failed error={error} />}
        <Curl method="POST" path={path} withToken={token !== ''} />
      </div>
    </Card>
  );
}

interface CurlProps {
  readonly method: 'POST';
  readonly path: string;
  readonly body?: string;
  readonly withToken: boolean;
}

function Curl({ method, path, body, withToken }: CurlProps) {
  const line = [
    `curl -X ${method} ${location.origin}${path}`,
    ...(withToken ? ['-H "Authorization: Bearer $API_TOKEN"'] : []),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`]),
  ].join(' ');
  return (
    <div class="raw-box curl">
      <pre class="raw wrap" tabIndex={0} dir="ltr" aria-label="The same with curl">
        <JsonText text={line} />
      </pre>
      <CopyButton text={line} what="curl line" />
    </div>
  );
}

/** For a POSIX shell: nothing has a meaning between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
