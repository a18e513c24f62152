/** A producer that told two stories signs nothing more of a chain that its followers have frozen (protocol, section 12). */
import { storedConvictions } from '../../ledger/convictions.js';
import { OperatorError } from '../../ledger/errors.js';
import type { FaultLog, LedgerStore } from '../../ledger/store.js';

/** @throws OperatorError if the database has evidence against one of the chains that this node seals */
export async function refuseConvicted(
  databaseFile: string,
  store: LedgerStore,
  faults: FaultLog,
): Promise<void> {
  const own = store.chains().filter(({ origin }) => origin !== 'followed');
  const convicted = await storedConvictions(faults);
  const sentences = own.flatMap(({ id, name }) => {
    const frozen = convicted.get(id);
    return frozen === undefined ? [] : [`the key of ${name} ${frozen.finding}`];
  });
  if (sentences.length === 0) return;
  throw new OperatorError(
    `${sentences.join('; ')}: the evidence is in ${databaseFile}, and every node that has it has frozen the chain for good. ` +
      'Nothing was signed. What to do: docs/operations.md, “Two producers with one key”',
  );
}
