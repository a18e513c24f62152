/** What a new contract's names may not be. A stored chain keeps what it has, and starts. */
import type { Contract } from '../chain/contract.js';
import { isTokenContract } from '../chain/kinds.js';
import { invisibleProblem, newNameProblem } from '../chain/new-name.js';
import { OperatorError } from '../ledger/errors.js';

/** @throws OperatorError that names each field with such a name, and its variable */
export function refuseNewNames(contract: Contract): void {
  if (!isTokenContract(contract)) return;
  const { name, symbol, feeWallet, wallets } = contract;
  const { allocations, issuer } = wallets;
  const problems = [
    ['symbol (TOKEN_SYMBOL)', invisibleProblem(symbol)],
    ['fee.wallet (FEE_WALLET)', newNameProblem(feeWallet)],
    ['wallets.issuer (WALLET_ISSUER)', issuer === undefined ? undefined : newNameProblem(issuer)],
    ...allocations.map(
      ({ address }, place) =>
        [`wallets.allocations[${place}].address (WALLET_ALLOCATIONS)`, newNameProblem(address)] as const,
    ),
  ].flatMap(([field, problem]) => (problem === undefined ? [] : [`  ${field} ${problem}`]));
  if (problems.length === 0) return;
  throw new OperatorError(`the chain ${name} can't be made:\n${problems.join('\n')}`);
}
