/** Checks a receipt in the browser: a file that is dropped or chosen, or one that the link carries behind its #. */
import { useEffect, useState } from 'preact/hooks';
import { chainNamed, useNode } from '../api/node.js';
import { informationPath, RECEIPT, transactionPath } from '../api/routes.js';
import { useReceiptCheck } from '../check/use-check.js';
import type { ProvenEntry } from '../../../src/chain/proof/receipt.js';
import { grouped } from '../format.js';
import {
  Card,
  CopyButton,
  Fact,
  Facts,
  Foreign,
  HashText,
  JsonText,
  Note,
  PageTitle,
  Time,
  useTitle,
} from '../ui/parts.js';
import { Amount } from '../ui/amount.js';

export function ReceiptPage() {
  const { chains } = useNode();
  useTitle('Receipt');
  const [text, setText] = useState(carried);
  const [key, setKey] = useState('');
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const take = (): void => setText(carried());
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  const known = chains?.chains.map(({ verifier_key: own }) => own) ?? [];
  const keys = key.trim() === '' ? known : [...known, key.trim()];
  const result = useReceiptCheck(chains === undefined ? undefined : text, keys);
  const open = (file: File | undefined): void => void file?.text().then(setText);
  return (
    <>
      <PageTitle lead="A receipt proves that an entry is on a chain: offline, and forever. It is checked here, in your browser.">
        Receipt
      </PageTitle>
      <Card title="The receipt" id="receipt-file">
        <form class="form" onSubmit={(event) => event.preventDefault()}>
          <div
            class={`field drop ${isOver ? 'over' : ''}`}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              open(event.dataTransfer?.files[0]);
            }}
          >
            <label for="receipt">Drop a .tlog-proof file here, or choose one</label>
            <input
              id="receipt"
              type="file"
              accept=".tlog-proof,text/plain"
              onChange={({ currentTarget }) => open(currentTarget.files?.[0])}
            />
          </div>
          <div class="field">
            <label for="vkey">Verifier key of another chain (optional)</label>
            <input
              id="vkey"
              type="text"
              autocomplete="off"
              spellcheck={false}
              aria-describedby="vkey-hint"
              value={key}
              onInput={({ currentTarget }) => setKey(currentTarget.value)}
            />
            <span class="hint" id="vkey-hint">
              The keys of this node’s chains are known. A key has to come from the producer by another way
              than the receipt.
            </span>
          </div>
        </form>
      </Card>
      {result !== undefined && 'problem' in result && (
        <Note tone="bad" title="Not proven">
          <Foreign class="wrap" value={result.problem} />
        </Note>
      )}
      {result !== undefined && !('problem' in result) && text !== undefined && (
        <Proven proven={result} text={text} />
      )}
    </>
  );
}

function Proven({ proven, text }: { readonly proven: ProvenEntry; readonly text: string }) {
  const { chains } = useNode();
  const { chain, producer, sequence, size, id, leaf, content } = proven;
  const here = chains?.chains.find((one) => one.id === chain);
  const name = here === undefined ? undefined : chainNamed(chains, here.name)?.name;
  const pathOf =
    content === undefined && leaf.type !== 'information' && leaf.type !== 'erasure'
      ? transactionPath
      : informationPath;
  const link = `${location.origin}${RECEIPT}#${encoded(text)}`;
  return (
    <>
      <Note tone="ok" title={`Proven: ${titleOf(leaf.type)}, entry ${grouped(sequence)} of ${grouped(size)}`}>
        The path leads from the entry to the root that the producer signed.
      </Note>
      {content !== undefined && (
        <Card title="Information" id="proven-information">
          <pre class="raw wrap" tabIndex={0} dir="ltr">
            <JsonText text={JSON.stringify(JSON.parse(content.text), null, 2)} />
          </pre>
        </Card>
      )}
      <Card title="Entry" id="proven-entry">
        <Facts>
          {Object.entries(leaf).map(([field, value]) => (
            <Fact key={field} name={NAMES[field] ?? field}>
              <LeafValue field={field} value={value} />
            </Fact>
          ))}
          <Fact name="Id">
            <HashText
              value={id}
              what="entry id"
              whole
              {...(name === undefined ? {} : { href: pathOf(id, name) })}
            />
          </Fact>
        </Facts>
      </Card>
      <Card title="Vouched for by" id="proven-by">
        <Facts>
          <Fact name="Chain">
            <HashText value={chain} what="chain id" whole />
          </Fact>
          <Fact name="Producer’s key">
            <HashText value={producer} what="public key" whole />
          </Fact>
        </Facts>
        <p class="hint">
          Send this page with the receipt in its address: <CopyButton text={link} what="link" />
        </p>
      </Card>
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  sender: 'From',
  recipient: 'To',
  amount_send: 'Sent',
  amount_receive: 'Arrives',
  amount_bpsc: 'Fee',
  bpsc: 'Fee goes to',
  memo: 'Memo',
  metadata: 'Metadata',
  nonce: 'Nonce',
  timestamp: 'Accepted',
  hold_until: 'Held until',
  transfer: 'Ends the hold',
  type: 'Type',
  information_hash: 'Information hash',
  erases: 'Erases the record',
  reason: 'Reason',
};

function LeafValue({ field, value }: { readonly field: string; readonly value: unknown }) {
  if ((field === 'timestamp' || field === 'hold_until') && typeof value === 'number')
    return <Time at={value} both />;
  if (field.startsWith('amount_') && typeof value === 'string') return <Amount value={value} whole />;
  return <Foreign class="wrap" value={typeof value === 'string' ? value : JSON.stringify(value)} />;
}

function titleOf(type: unknown): string {
  if (type === 'erasure') return 'the erasure of a record';
  return type === 'information' ? 'a record' : `a transaction (${String(type)})`;
}

/** The receipt behind the # of the address; undefined where there is none. */
function carried(): string | undefined {
  const text = location.hash.slice(1);
  if (text === '') return undefined;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The check says what is wrong with it.
    return text;
  }
}

/** Base 64 with the alphabet of URLs (RFC 4648, section 5), without padding. */
function encoded(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
