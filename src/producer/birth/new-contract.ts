/** Rules for names in a new contract. They don't apply to stored chains. */
import type { Contract } from '../../chain/contract/contract.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import { invisibleProblem, newNameProblem } from '../../chain/contract/new-name.js';
import { OperatorError } from '../../ledger/errors.js';

interface WrongName {
  /** its path in the contract */
  readonly field: string;
  /** the variable that sets it */
  readonly variable: string;
  readonly message: string;
}

/** @returns each field with a forbidden name */
export function wrongNames(contract: Contract): readonly WrongName[] {
  if (!isTokenContract(contract)) return [];
  const { symbol, feeWallet, wallets } = contract;
  const { allocations, issuer } = wallets;
  const checked = [
    ['symbol', 'TOKEN_SYMBOL', invisibleProblem(symbol)],
    ['fee.wallet', 'FEE_WALLET', newNameProblem(feeWallet)],
    ['wallets.issuer', 'WALLET_ISSUER', issuer === undefined ? undefined : newNameProblem(issuer)],
    ...allocations.map(
      ({ address }, place) =>
        [`wallets.allocations[${place}].address`, 'WALLET_ALLOCATIONS', newNameProblem(address)] as const,
    ),
  ] as const;
  return checked.flatMap(([field, variable, message]) =>
    message === undefined ? [] : [{ field, variable, message }],
  );
}

/** @throws OperatorError that names each such field and its variable */
export function refuseNewNames(contract: Contract): void {
  const problems = wrongNames(contract).map(
    ({ field, variable, message }) => `  ${field} (${variable}) ${message}`,
  );
  if (problems.length === 0) return;
  throw new OperatorError(`the chain ${contract.name} can't be made:\n${problems.join('\n')}`);
}
