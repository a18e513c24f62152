/** Names and addresses of wallets: the middle left out where they are long, and marked where they look like others. */
import { visible } from '../../../src/chain/bytes/hidden-characters.js';
import { walletPath } from '../api/routes.js';
import { confusion, confusionWords, spelled } from '../names/confusable.js';
import { inTwo } from '../names/shorten.js';
import { Icon } from './icon.js';
import { useOfChain } from './of-chain.js';
import { CopyButton, Foreign, Note } from './parts.js';

/** The form of a signed wallet's address. The checksum is verified when something is sent to it. */
const ADDRESS = /^bp1[02-9ac-hj-np-z]{40}$/;

interface WalletNameProps {
  readonly address: string;
  /** all of it, with a button that copies it */
  readonly whole?: boolean;
}

/** Leads to the wallet's page, where the name stands in full. */
export function WalletName({ address, whole = false }: WalletNameProps) {
  const href = walletPath(address, useOfChain());
  const shown = visible(address);
  const [head, tail] = whole ? [shown, ''] : inTwo(shown);
  const found = confusion(address);
  return (
    <span class="wallet">
      <a href={href}>
        <bdi
          class={`name${whole ? ' whole' : ''}${ADDRESS.test(address) ? ' address' : ''}`}
          title={whole ? undefined : shown}
        >
          {tail === '' ? (
            head
          ) : (
            <>
              <span class="name-head">{head}</span>
              {tail}
            </>
          )}
        </bdi>
      </a>
      {found !== undefined && (
        <span class="confusable" role="img" aria-label={confusionWords(found)} title={confusionWords(found)}>
          <Icon name="alert" />
        </span>
      )}
      {whole && <CopyButton text={address} what="address" />}
    </span>
  );
}

/** In a heading: all of it, an address in monospace. */
export function WholeName({ address }: { readonly address: string }) {
  return <Foreign class={ADDRESS.test(address) ? 'wrap address' : 'wrap'} value={address} />;
}

export function ConfusableNote({ address }: { readonly address: string }) {
  const found = confusion(address);
  if (found === undefined) return null;
  return (
    <Note tone="warn" title="This name may be mistaken for another">
      <p>
        <Foreign value={confusionWords(found)} />. Compare the characters beyond ASCII before you send:
      </p>
      <p>
        {spelled(address).map((each) => (
          <>
            <code>
              <Foreign value={each} />
            </code>{' '}
          </>
        ))}
      </p>
    </Note>
  );
}
