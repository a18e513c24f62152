/** Warns where a wallet's key protects nothing. */
import type { ChainClient } from '../../client/chain-client.js';
import type { From } from '../../client/orders.js';
import { printable, type Io } from '../shell/io.js';

/** On a chain whose wallets are open, signatures are not checked: a wallet with a key looks safe there, but is not. */
export async function warnOfUncheckedKey(client: ChainClient, from: From, io: Io): Promise<void> {
  if (typeof from === 'string') return;
  const { name, wallets } = await client.contract();
  if (wallets.policy !== 'open') return;
  io.stderr.write(
    `bpsc: warning: the wallets of ${printable(name)} are open, so signatures are not checked there: this key protects ` +
      'nothing, and anyone who can send requests to the producer can pay from this wallet\n',
  );
}
