/** What this node refused from its upstream, in red, with the evidence. */
import type { FaultItem } from '../api/types.js';
import { bytes, counted } from '../format.js';
import { Foreign, HashText, JsonText, Note, Time } from './parts.js';

const SHOWN_MAX = 3;

interface FaultsProps {
  readonly faults: readonly FaultItem[];
  /** whether one of them stopped this node; else they are from before its last start */
  readonly isStopped: boolean;
}

export function Faults({ faults, isStopped }: FaultsProps) {
  if (faults.length === 0) return null;
  const title = `${counted(faults.length, 'fault')} of the upstream`;
  return (
    <Note tone={isStopped ? 'bad' : 'warn'} title={isStopped ? title : `${title}, in the past`}>
      <p>
        This node was sent something that is wrong, refused it, and kept it as evidence.{' '}
        {isStopped
          ? 'It goes on serving the last good state.'
          : 'Since it was started again the upstream has been right, and is followed.'}
      </p>
      <ul class="faults">
        {faults.slice(0, SHOWN_MAX).map((fault) => (
          <li key={`${fault.digest} ${fault.detected_at}`}>
            <FaultDetails fault={fault} />
          </li>
        ))}
      </ul>
      {faults.length > SHOWN_MAX && (
        <p>
          And {faults.length - SHOWN_MAX} more: <a href="/faults">all as JSON</a>
        </p>
      )}
    </Note>
  );
}

function FaultDetails({ fault }: { readonly fault: FaultItem }) {
  return (
    <>
      <strong class="fault-code">{fault.fault}</strong>
      {fault.chain !== '' && <> on the chain {fault.chain}</>}, <Time at={fault.detected_at} />
      {fault.times > 1 && <>, met {fault.times} times</>}
      <div>
        <Foreign class="wrap" value={fault.message} />
      </div>
      <div class="hint">
        from <Foreign value={fault.upstream} />
      </div>
      <details>
        <summary>Evidence ({bytes(fault.evidence.length)})</summary>
        <pre class="raw" tabIndex={0} dir="ltr">
          <JsonText text={fault.evidence} />
        </pre>
        <div>
          SHA-256 of all that came: <HashText value={fault.digest} what="digest" />
        </div>
      </details>
    </>
  );
}
