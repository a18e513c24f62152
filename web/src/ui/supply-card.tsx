/** The sums over all of a chain's tokens. */
import type { ComponentChildren } from 'preact';
import { nameInPath, useNode } from '../api/node.js';
import { apiOf, walletPath } from '../api/routes.js';
import type { Supply, TokenChain } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { Card, Fact, Facts, Failed, Foreign, Loading } from './parts.js';
import { Amount } from './amount.js';

const LOOK_MS = 2000;

interface SupplyCardProps {
  readonly chain: TokenChain;
  readonly title: ComponentChildren;
  /** on a card of full width */
  readonly wide?: boolean;
}

export function SupplyCard({ chain, title, wide = false }: SupplyCardProps) {
  const inPath = nameInPath(useNode().chains, chain);
  const { data: supply, error, again } = useJson<Supply>(`${apiOf(inPath)}/supply`, LOOK_MS);
  return (
    <Card title={title} id="tokens">
      {supply === undefined && error === undefined && <Loading what="the supply" />}
      {supply === undefined && error !== undefined && <Failed error={error} again={again} />}
      {supply !== undefined && (
        <>
          <div class="tiles">
            <div class="tile">
              <span class="quiet">Fees collected</span>
              <strong>
                <Amount value={supply.fee_wallet.fees_collected} symbol={supply.symbol} />
              </strong>
              <a class="hint" href={walletPath(supply.fee_wallet.address, inPath)}>
                <Foreign value={supply.fee_wallet.address} />
              </a>
            </div>
            <div class="tile">
              <span class="quiet">
                {supply.policy === 'open' ? 'All wallets together' : 'In circulation'}
              </span>
              <strong>
                <Amount value={supply.circulating} symbol={supply.symbol} />
              </strong>
              <span class="hint">
                {supply.policy === 'open'
                  ? 'open wallets: tokens come from outside'
                  : 'available in all wallets'}
              </span>
            </div>
          </div>
          <Facts wide={wide}>
            <Fact name="Allocated by the contract">
              <Amount value={supply.allocated} />
            </Fact>
            <Fact name="Issued later">
              <Amount value={supply.issued} />
            </Fact>
            <Fact name="Held, waiting for an answer">
              <Amount value={supply.held} />
            </Fact>
            <Fact name="Burnt">
              <Amount value={supply.burnt} />
            </Fact>
          </Facts>
        </>
      )}
    </Card>
  );
}
