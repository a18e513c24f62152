/** The sums over all of a chain's tokens. */
import type { ComponentChildren } from 'preact';
import { walletPath } from '../api/routes.js';
import type { Supply } from '../api/types.js';
import { useOfChain } from './of-chain.js';
import { Amount, Card, Fact, Facts, Foreign, Loading } from './parts.js';

interface SupplyCardProps {
  readonly supply: Supply | undefined;
  readonly title: ComponentChildren;
}

export function SupplyCard({ supply, title }: SupplyCardProps) {
  const chain = useOfChain();
  return (
    <Card title={title} id="tokens">
      {supply === undefined ? (
        <Loading what="the supply" />
      ) : (
        <>
          <div class="tiles">
            <div class="tile">
              <span class="quiet">Fees collected</span>
              <strong>
                <Amount value={supply.fee_wallet.fees_collected} symbol={supply.symbol} />
              </strong>
              <a class="hint" href={walletPath(supply.fee_wallet.address, chain)}>
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
          <Facts>
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
