/** Signing in the browser; a chunk of its own, loaded on request: it has the client and the cryptography. */
import { useState } from 'preact/hooks';
import type { Signer } from '../../../src/client/signer.js';
import type { TokenChain } from '../api/types.js';
import { SignedWallet } from './signed-wallet.js';
import { WalletForm } from './wallet-form.js';

export interface SigningProps {
  readonly chain: TokenChain;
  /** the node's API token; empty: none */
  readonly token: string;
}

export function Signing({ chain, token }: SigningProps) {
  const [signer, setSigner] = useState<Signer>();
  if (signer === undefined) return <WalletForm onOpen={setSigner} />;
  return <SignedWallet chain={chain} signer={signer} token={token} onClose={() => setSigner(undefined)} />;
}
