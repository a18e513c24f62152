/** The card that signs and sends, on chains whose wallets belong to keys. */
import type { FunctionComponent } from 'preact';
import { useState } from 'preact/hooks';
import type { TokenChain } from '../api/types.js';
import { Card, Loading, Note } from './parts.js';

type Signing = FunctionComponent<{ readonly chain: TokenChain; readonly token: string }>;

interface SignCardProps {
  readonly chain: TokenChain;
  readonly token: string;
}

export function SignCard({ chain, token }: SignCardProps) {
  const [signing, setSigning] = useState<{ readonly part: Signing }>();
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const load = (): void => {
    setState('loading');
    import('../signing/signing.js').then(
      ({ Signing: part }) => setSigning({ part }),
      () => setState('failed'),
    );
  };
  return (
    <Card title="Sign and send in this browser" id="sign">
      {signing !== undefined && <signing.part key={chain.id} chain={chain} token={token} />}
      {signing === undefined && state === 'loading' && <Loading what="the signing code" />}
      {signing === undefined && state !== 'loading' && (
        <p>
          <button type="button" class="button" onClick={load}>
            Open or make a wallet
          </button>{' '}
          <span class="hint">Its key stays in this page, and is never sent.</span>
        </p>
      )}
      {state === 'failed' && (
        <Note tone="bad" title="The signing code could not be loaded">
          Is the node still running? Try again.
        </Note>
      )}
    </Card>
  );
}
