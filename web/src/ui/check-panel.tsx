/** The steps of a check, each shown as it is done; the one that fails in red. */
import type { Fault } from '../../../src/chain/faults.js';
import { KINDS } from '../../../src/chain/contract/kinds.js';
import type { BlockCheck } from '../check/use-check.js';
import type { Step, StepId } from '../check/steps.js';
import type { ChainKind } from '../api/types.js';
import { shortHash } from '../format.js';
import { Icon, type IconName } from './icon.js';
import { Card, Foreign, Note } from './parts.js';

const LABELS: Readonly<Record<StepId, readonly [title: string, text: string]>> = {
  contract: ['Chain id', 'the hash of the contract, recomputed'],
  parent: ['Block before', 'its hash and signature, and the tree at it against its root'],
  place: ['Place in the chain', 'index, previous hash, time, number of entries, schedule'],
  ids: ['Entry ids', 'the hash of each entry’s canonical bytes'],
  split: ['Fee splits', 'what arrives and the fee, recomputed from the contract'],
  order: ['Nonces and times', 'none twice in this block, none backwards'],
  holders: ['Senders’ signatures', 'Ed25519, by the key that the address names'],
  root: ['Merkle root', 'RFC 6962, over every entry of the chain so far'],
  hash: ['Block hash', 'SHA-256 of the canonical header'],
  seal: ['Producer’s signature', 'Ed25519, by the key in the contract'],
};

const ICONS: Readonly<Record<Step['state'], IconName>> = {
  waiting: 'dash',
  running: 'dash',
  done: 'check',
  failed: 'cross',
  none: 'dash',
};

const STATE_WORDS: Readonly<Record<Step['state'], string>> = {
  waiting: 'not checked',
  running: 'under way',
  done: 'done',
  failed: 'FAILED',
  none: 'nothing to check',
};

interface CheckPanelProps {
  readonly check: Pick<BlockCheck, 'steps' | 'share' | 'verdict' | 'opened' | 'error'>;
  readonly kind: ChainKind;
  readonly contractId: string | undefined;
  readonly showEntry: ((sequence: number) => void) | undefined;
}

export function CheckPanel({ check, kind, contractId, showEntry }: CheckPanelProps) {
  const { steps, share, verdict, opened, error } = check;
  const fault = verdict?.fault;
  return (
    <Card
      id="check"
      title="Checked in your browser"
      class={verdict === undefined ? '' : fault === undefined ? 'good' : 'broken'}
    >
      {verdict === undefined && error === undefined && (
        <div class="progress">
          <progress value={share} max={1} aria-label="Checking the block" />
          <span class="quiet">
            {opened === undefined ? 'Loading the block …' : `Checking … ${Math.floor(share * 100)} %`}
          </span>
        </div>
      )}
      {verdict !== undefined &&
        (fault === undefined ? (
          <Note tone="ok" title="This block is valid">
            Recomputed here in {Math.max(1, Math.round(verdict.ms))} ms, from its bytes. Nothing was taken
            from the node’s word but the contract
            {contractId !== undefined && (
              <>
                : compare its id <code title={contractId}>{shortHash(contractId)}</code>
              </>
            )}
            .
          </Note>
        ) : (
          <FaultNote fault={fault} showEntry={showEntry} />
        ))}
      {steps.length > 0 && (
        <ol class="steps">
          {steps
            .filter(({ id }) => KINDS[kind].hasBooks || id !== 'holders')
            .map((step) => (
              <StepLine key={step.id} step={step} kind={kind} />
            ))}
        </ol>
      )}
      <details class="limits">
        <summary>What one block alone can’t show</summary>
        <p>
          That wallets had what they sent and that holds end once (this takes every block before), that a
          nonce wasn’t used in an earlier block, and that the first entry isn’t older than the last one of the
          block before. <code>npx bpsc verify {location.origin}</code> checks all of it, and so does every
          follower.
        </p>
      </details>
    </Card>
  );
}

function StepLine({ step, kind }: { readonly step: Step; readonly kind: ChainKind }) {
  const { id, state, note } = step;
  const [title, text] =
    id === 'split' && !KINDS[kind].hasBooks
      ? (['Information hashes', 'the salted hash of each record’s content'] as const)
      : LABELS[id];
  const isHash = note !== undefined && /^[0-9a-f]{64}$/.test(note);
  return (
    <li class={`step ${state}`} data-step={id} data-state={state}>
      <span class="step-icon">
        {state === 'running' ? <span class="spinner" aria-hidden="true" /> : <Icon name={ICONS[state]} />}
      </span>
      <div class="step-text">
        <strong>{title}</strong> <span class="sr">{STATE_WORDS[state]}</span>
        <span class="quiet">{text}</span>
        {note !== undefined && (
          <span class={isHash ? 'hash step-note' : 'step-note'} title={isHash ? note : undefined}>
            <Foreign value={isHash ? shortHash(note, 10) : note} />
          </span>
        )}
      </div>
    </li>
  );
}

interface FaultNoteProps {
  readonly fault: Fault;
  readonly showEntry: ((sequence: number) => void) | undefined;
}

export function FaultNote({ fault, showEntry }: FaultNoteProps) {
  const { sequence, expected, found, field } = fault;
  return (
    <Note tone="bad" title="This block is NOT valid">
      <p>
        <strong class="fault-code">{fault.fault}</strong>{' '}
        <Foreign class="wrap" value={withoutValues(fault.message)} />
      </p>
      <dl class="compare">
        {field !== undefined && (
          <div>
            <dt>Field</dt>
            <dd>
              <Foreign value={field} />
            </dd>
          </div>
        )}
        {expected !== undefined && (
          <div>
            <dt>Expected</dt>
            <dd class="hash whole">
              <Foreign value={expected} />
            </dd>
          </div>
        )}
        {found !== undefined && (
          <div>
            <dt>Found</dt>
            <dd class="hash whole">
              <Foreign value={found} />
            </dd>
          </div>
        )}
      </dl>
      {sequence !== undefined && showEntry !== undefined && (
        <button type="button" class="button" onClick={() => showEntry(sequence)}>
          Show the entry at fault
        </button>
      )}
    </Note>
  );
}

/** They stand below, each by itself. */
function withoutValues(message: string): string {
  return message.replace(/ \([^]*\)$/, '');
}
