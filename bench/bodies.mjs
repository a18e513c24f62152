// Made-up transfers, the same for the same seed.
import { randomFrom } from './random.mjs';

/** The default number of wallets that they go between. */
const walletsOfABench = 1000;

/** Transfers without end, as bodies of POST /transactions/new. */
export function* transfers(seed, wallets = walletsOfABench) {
  const random = randomFrom(seed);
  const name = () => `wallet-${Math.floor(random() * wallets)}`;
  for (;;) {
    const sender = name();
    let recipient = name();
    while (recipient === sender) recipient = name();
    yield { sender, recipient, amount: String(1 + Math.floor(random() * 1_000_000)) };
  }
}

/** That many of them. */
export function someTransfers(seed, count) {
  const all = transfers(seed);
  return Array.from({ length: count }, () => all.next().value);
}
