/** One transaction or information record: all its fields, what became of it, and the way to its block. */
import type { ComponentChildren } from 'preact';
import { KINDS } from '../../../src/chain/contract/kinds.js';
import { chainNamed, chainsOfKind, isTokenChain, tokenChain, useNode } from '../api/node.js';
import {
  apiOf,
  blockPath,
  chainPath,
  informationPath,
  RECEIPT,
  receiptFile,
  transactionPath,
} from '../api/routes.js';
import type { ChainKind, EndedHold, Erasure, Information, Transaction } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { useEntryCheck, type EntryProof } from '../check/use-check.js';
import { grouped, shortHash } from '../format.js';
import { StateBadge, typeName } from '../ui/entry-table.js';
import { Icon } from '../ui/icon.js';
import { OfChain, useOfChain } from '../ui/of-chain.js';
import {
  Badge,
  Card,
  CopyButton,
  Fact,
  Facts,
  Failed,
  Foreign,
  HashText,
  JsonText,
  Loading,
  Note,
  PageTitle,
  Time,
  useTitle,
} from '../ui/parts.js';
import { Amount } from '../ui/amount.js';
import { WalletName } from '../ui/wallet-name.js';

/** While it waits, or is held: what becomes of it shows by itself. */
const LOOK_MS = 2000;

interface EntryPageProps {
  readonly id: string;
  /** the name of its chain; undefined: the first of its kind */
  readonly chain?: string;
}

export function TransactionPage({ id, chain: name }: EntryPageProps) {
  const { chains } = useNode();
  const { data, error, again } = useJson<Transaction>(
    `${apiOf(name)}/transactions/${encodeURIComponent(id)}`,
    LOOK_MS,
  );
  useTitle(`${data === undefined ? 'Transaction' : typeName(data)} ${shortHash(id)}`);
  const chain =
    name === undefined
      ? tokenChain(chains)
      : chains?.chains.filter(isTokenChain).find((one) => one.name === name);
  const symbol = chain?.contract.token.symbol;
  const proof = useEntryCheck(chain?.name, data);
  return (
    <OfChain.Provider value={name}>
      <PageTitle crumbs={<ChainCrumb name={chain?.name} kind="token" />}>
        {data === undefined ? 'Transaction' : typeName(data)}
      </PageTitle>
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="the transaction" />}
      {data !== undefined && chain !== undefined && (
        <>
          <Fate entry={data} chain={chain.name} />
          <Card title="Fields" id="fields">
            <Facts>
              <Fact name="Id">
                <HashText value={data.id} what="transaction id" whole />
              </Fact>
              <Fact name={data.hold === undefined ? 'From' : 'By'}>
                <WalletName address={data.sender} whole />
              </Fact>
              {data.recipient !== undefined && (
                <Fact name="To">
                  <WalletName address={data.recipient} whole />
                </Fact>
              )}
              <Amounts data={data} symbol={symbol} />
              {data.hold !== undefined && <EndedHoldFacts data={data} hold={data.hold} symbol={symbol} />}
              {data.memo !== undefined && (
                <Fact name="Memo">
                  <Foreign class="wrap" value={data.memo} />
                </Fact>
              )}
              {data.metadata !== undefined && (
                <Fact name="Metadata">
                  <JsonBox value={data.metadata} what="metadata" />
                </Fact>
              )}
              {data.hold_until !== undefined && (
                <Fact name="Held until">
                  <Time at={data.hold_until} both />
                </Fact>
              )}
              {data.transfer !== undefined && (
                <Fact name="Ends the hold">
                  <HashText
                    value={data.transfer}
                    what="transfer id"
                    href={transactionPath(data.transfer, name)}
                    whole
                  />
                </Fact>
              )}
              {data.reason !== undefined && <Fact name="Reason">{data.reason}</Fact>}
              <Common entry={data} />
              {data.public_key !== undefined && (
                <Fact name="Sender’s key">
                  <HashText value={data.public_key} what="public key" whole />
                </Fact>
              )}
              {data.signature !== undefined && (
                <Fact name="Sender’s signature">
                  <HashText value={data.signature} what="signature" whole />
                </Fact>
              )}
            </Facts>
          </Card>
          <ProofCard proof={proof} entry={data} chain={chain.name} kind="token" />
        </>
      )}
    </OfChain.Provider>
  );
}

interface AmountsProps {
  readonly data: Transaction;
  readonly symbol: string | undefined;
}

/** A hold arrives, and costs its fee, when it is accepted and not otherwise. */
function Amounts({ data, symbol }: AmountsProps) {
  const { amount_send: send, amount_receive: receive, amount_bpsc: fee, bpsc } = data;
  if (send === undefined) return null;
  const hasComeBack = data.state === 'declined' || data.state === 'returned';
  if (hasComeBack) {
    return (
      <>
        <Fact name="Sent, and came back">
          <Amount value={send} symbol={symbol} whole />, all of it
        </Fact>
        <Fact name="Arrived">nothing</Fact>
        <Fact name="Fee">none was taken</Fact>
      </>
    );
  }
  const isOpen = data.hold_until !== undefined && data.state !== 'delivered';
  return (
    <>
      <Fact name={isOpen ? 'Held' : 'Sent'}>
        <Amount value={send} symbol={symbol} whole />
      </Fact>
      {receive !== undefined && (
        <Fact name={isOpen ? 'Arrives if accepted' : data.state === 'delivered' ? 'Arrived' : 'Arrives'}>
          <Amount value={receive} symbol={symbol} whole />
        </Fact>
      )}
      {fee !== undefined && (
        <Fact name={isOpen ? 'Fee if accepted' : 'Fee'}>
          <Amount value={fee} symbol={symbol} whole />
          {bpsc !== undefined && (
            <>
              {' '}
              to <WalletName address={bpsc} whole />
            </>
          )}
        </Fact>
      )}
    </>
  );
}

function EndedHoldFacts({ data, hold, symbol }: AmountsProps & { readonly hold: EndedHold }) {
  if (data.type !== 'accept') {
    return (
      <Fact name="Went back">
        <Amount value={hold.amount_send} symbol={symbol} whole />, all of it, to{' '}
        <WalletName address={hold.sender} whole />
      </Fact>
    );
  }
  return (
    <>
      <Fact name="Arrived">
        <Amount value={hold.amount_receive} symbol={symbol} whole /> at{' '}
        <WalletName address={hold.recipient} whole />
      </Fact>
      <Fact name="Sent">
        <Amount value={hold.amount_send} symbol={symbol} whole /> by{' '}
        <WalletName address={hold.sender} whole />
      </Fact>
      <Fact name="Fee">
        <Amount value={hold.amount_bpsc} symbol={symbol} whole />
      </Fact>
    </>
  );
}

export function InformationPage({ id, chain: named }: EntryPageProps) {
  const { chains } = useNode();
  const { data, error, again } = useJson<Information | Erasure>(
    `${apiOf(named)}/information/${encodeURIComponent(id)}`,
    LOOK_MS,
  );
  const title = data !== undefined && 'erases' in data ? 'Erasure' : 'Information record';
  useTitle(`${title} ${shortHash(id)}`);
  const name = named ?? chainsOfKind(chains, 'information')[0]?.name ?? '';
  const chain = chainNamed(chains, name);
  const proof = useEntryCheck(chain?.name, data);
  return (
    <>
      <PageTitle crumbs={<ChainCrumb name={chain?.name} kind="information" />}>{title}</PageTitle>
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="the record" />}
      {data !== undefined && chain !== undefined && (
        <>
          <Fate entry={data} chain={chain.name} />
          {'erases' in data ? <ErasureCards entry={data} /> : <RecordCards entry={data} />}
          <ProofCard proof={proof} entry={data} chain={chain.name} kind="information" />
        </>
      )}
    </>
  );
}

function JsonBox({ value, what }: { readonly value: unknown; readonly what: string }) {
  return (
    <div class="raw-box">
      <pre class="raw wrap" tabIndex={0} dir="ltr">
        <JsonText text={JSON.stringify(value, null, 2)} />
      </pre>
      <CopyButton text={JSON.stringify(value)} what={what} />
    </div>
  );
}

function RecordCards({ entry }: { readonly entry: Information }) {
  return (
    <>
      <Card title="Information" id="information">
        {entry.erased === true ? (
          <ErasedNote erasure={entry.erasure} />
        ) : (
          <JsonBox value={entry.information} what="information" />
        )}
      </Card>
      <Card title="Fields" id="fields">
        <Facts>
          <Fact name="Id">
            <HashText value={entry.id} what="record id" whole />
          </Fact>
          <Fact name="Information hash">
            <HashText value={entry.information_hash} what="information hash" whole />
          </Fact>
          {entry.salt !== undefined && (
            <Fact name="Salt">
              <HashText value={entry.salt} what="salt" whole />
            </Fact>
          )}
          <Common entry={entry} />
        </Facts>
      </Card>
    </>
  );
}

function ErasedNote({ erasure }: { readonly erasure: Information['erasure'] | undefined }) {
  const chain = useOfChain();
  if (erasure === undefined) {
    return (
      <Note tone="warn" title="No content">
        This node has the record without its information, and no erasure of it yet.
      </Note>
    );
  }
  const { id, timestamp, reason } = erasure;
  return (
    <Note tone="info" title="Erased">
      Erased on <Time at={timestamp} both />,{' '}
      {reason === undefined ? (
        'no reason given'
      ) : (
        <>
          reason: <Foreign value={reason} />
        </>
      )}
      , by the <a href={informationPath(id, chain)}>erasure {shortHash(id)}</a>. The chain keeps the record’s
      salted hash, and still verifies.
    </Note>
  );
}

function ErasureCards({ entry }: { readonly entry: Erasure }) {
  const chain = useOfChain();
  return (
    <Card title="Fields" id="fields">
      <Facts>
        <Fact name="Id">
          <HashText value={entry.id} what="erasure id" whole />
        </Fact>
        <Fact name="Erases the record">
          <HashText value={entry.erases} what="record id" whole href={informationPath(entry.erases, chain)} />
        </Fact>
        <Fact name="Reason">
          {entry.reason === undefined ? 'none given' : <Foreign class="wrap" value={entry.reason} />}
        </Fact>
        <Common entry={entry} />
      </Facts>
    </Card>
  );
}

function ChainCrumb({ name, kind }: { readonly name: string | undefined; readonly kind: ChainKind }) {
  return (
    <>
      {name !== undefined && <a href={chainPath(name)}>{name}</a>} <Badge tone={kind}>{kind} chain</Badge>
    </>
  );
}

function Common({ entry }: { readonly entry: Transaction | Information | Erasure }) {
  return (
    <>
      <Fact name="Accepted">
        <Time at={entry.timestamp} both />
      </Fact>
      <Fact name="Nonce">
        <code class="wrap">{entry.nonce}</code>
      </Fact>
      <Fact name="Sequence">{grouped(entry.sequence)}</Fact>
    </>
  );
}

interface FateProps {
  readonly entry: Transaction | Information | Erasure;
  readonly chain: string;
}

/** Accepted → waits for block N → sealed → witnessed, and what came after. */
function Fate({ entry, chain }: FateProps) {
  const isSealed = entry.status === 'sealed';
  const witnessed = chainNamed(useNode().chains, chain)?.witnessed_size ?? undefined;
  const isWitnessed = entry.level === 'witnessed' || (isSealed && entry.sequence < (witnessed ?? 0));
  const inPath = useOfChain();
  const { state, ended_by: end } = 'state' in entry ? entry : { state: undefined, ended_by: undefined };
  const erasure = 'erasure' in entry ? entry.erasure : undefined;
  return (
    <Card class="fate-card">
      <ol class="fate" aria-label="What became of it">
        <FateStep done title="Accepted">
          <Time at={entry.timestamp} />
        </FateStep>
        <FateStep done={isSealed} title={isSealed ? 'Sealed' : 'Waiting'}>
          {isSealed ? (
            <a href={blockPath(chain, entry.block)}>in block {grouped(entry.block)}</a>
          ) : (
            <>promised to block {grouped(entry.block)}</>
          )}
        </FateStep>
        {(isWitnessed || witnessed !== undefined) && (
          <FateStep
            done={isWitnessed}
            title={isWitnessed ? <Badge tone="ok">witnessed</Badge> : 'Not witnessed yet'}
          >
            {isWitnessed ? 'by the quorum of this node’s policy' : 'the witnesses are asked after each block'}
          </FateStep>
        )}
        {state !== undefined && (
          <FateStep done={isSealed && state !== 'held'} title={<StateBadge state={state} />}>
            {end === null || end === undefined ? (
              STATE_SAYS[state]
            ) : (
              <>
                by{' '}
                <a href={transactionPath(end.id, inPath)}>
                  {end.type} in block {grouped(end.block)}
                </a>
                {end.status === 'pending' && ', which waits'}
              </>
            )}
          </FateStep>
        )}
        {erasure !== undefined && (
          <FateStep
            done={erasure.status === 'sealed'}
            title={erasure.status === 'sealed' ? 'Erased' : 'To be erased'}
          >
            <a href={informationPath(erasure.id, inPath)}>with block {grouped(erasure.block)}</a>
          </FateStep>
        )}
      </ol>
    </Card>
  );
}

const STATE_SAYS = {
  pending: 'when its block is sealed',
  held: 'until the recipient answers',
  delivered: 'to the recipient',
  declined: 'by the recipient',
  returned: 'to the sender',
} as const;

interface FateStepProps {
  readonly done: boolean;
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
}

function FateStep({ done, title, children }: FateStepProps) {
  return (
    <li class={done ? 'done' : ''}>
      <span class="fate-mark">{done && <Icon name="check" />}</span>
      <strong>{title}</strong>
      <span class="quiet">{children}</span>
    </li>
  );
}

interface ProofProps {
  readonly proof: EntryProof;
  readonly entry: Transaction | Information | Erasure;
  readonly chain: string;
  readonly kind: ChainKind;
}

function ProofCard({ proof, entry, chain, kind }: ProofProps) {
  const { check, found, isLooking, error, prove } = proof;
  const fault = check?.fault;
  return (
    <Card title="Checked in your browser" id="check">
      {check === undefined && error === undefined && <Loading what="the checker" />}
      {fault !== undefined && (
        <Note tone="bad" title="This entry is NOT valid">
          <strong class="fault-code">{fault.fault}</strong> <Foreign class="wrap" value={fault.message} />
        </Note>
      )}
      {check !== undefined && fault === undefined && (
        <>
          <Note tone="ok" title="The id is the hash of these bytes">
            {KINDS[kind].hasBooks
              ? 'Id and fee split were recomputed from the fields.'
              : 'salt' in entry
                ? 'Id and information hash were recomputed from the fields.'
                : 'The id was recomputed from the fields.'}
            {check.signedBy !== undefined && ` The sender’s signature is good (${check.signedBy}).`}
          </Note>
          <p class="hint">Canonical bytes of the leaf; the id is SHA-256 of a zero byte and these.</p>
          <div class="raw-box">
            <pre class="raw" tabIndex={0} dir="ltr">
              <JsonText text={check.leafText ?? ''} />
            </pre>
            <CopyButton text={check.leafText ?? ''} what="canonical bytes" />
          </div>
        </>
      )}
      {error !== undefined && <Failed error={error} />}
      {entry.status === 'sealed' && found === undefined && (
        <p>
          <button
            type="button"
            class="button"
            disabled={isLooking}
            onClick={() => prove(entry.block, entry.id)}
          >
            <Icon name="shield" />{' '}
            {isLooking ? 'Checking …' : `Prove that it is in block ${grouped(entry.block)}`}
          </button>
        </p>
      )}
      {found !== undefined && <Path found={found} id={entry.id} chain={chain} />}
      {entry.status === 'sealed' && (
        <p>
          <a class="button" href={receiptFile(chain, entry.id)} download>
            Receipt
          </a>{' '}
          <span class="hint">
            A file that proves it offline: <a href={RECEIPT}>check one</a>.
          </span>
        </p>
      )}
    </Card>
  );
}

function Path({
  found,
  id,
  chain,
}: {
  readonly found: NonNullable<EntryProof['found']>;
  readonly id: string;
  readonly chain: string;
}) {
  const { path, root, header, fault } = found;
  if (fault !== undefined) {
    return (
      <Note tone="bad" title="The block does not hold it as it should">
        <Foreign class="wrap" value={fault.message} />
      </Note>
    );
  }
  const isProven = root === header.treeRoot;
  return (
    <>
      <h3>The way to block {grouped(header.index)}</h3>
      <ol class="path">
        <li>
          <span class="quiet">this entry</span> <HashText value={id} what="id" digits={10} />
        </li>
        {path.map(({ side, hash }, place) => (
          <li key={place}>
            <span class="quiet">joined on the {side} with</span>{' '}
            <HashText value={hash} what="sibling hash" digits={10} />
          </li>
        ))}
        <li class={isProven ? 'path-root' : 'path-root bad-text'}>
          <span class="quiet">gives the root</span> <HashText value={root} what="root" digits={10} />
        </li>
      </ol>
      <Note tone={isProven ? 'ok' : 'bad'} title={isProven ? 'Proven' : 'Not proven'}>
        {isProven ? (
          <>
            This is the tree root in the header of{' '}
            <a href={blockPath(chain, header.index)}>block {header.index}</a>, which the producer signed: the
            block was checked here as well.
          </>
        ) : (
          'The root in the block’s header is another.'
        )}
      </Note>
    </>
  );
}
