/** What a new contract's names may not be. A stored chain keeps what it has, and starts. */
import type { TokenContract } from '../chain/contract.js';
import { invisibleProblem, newNameProblem } from '../chain/new-name.js';
import { OperatorError } from '../ledger/errors.js';

/** @throws OperatorError that names each variable with such a name */
export function refuseNewNames({ symbol, feeWallet, wallets }: TokenContract): void {
  const { allocations, issuer } = wallets;
  const problems = [
    ['TOKEN_SYMBOL', invisibleProblem(symbol)],
    ['FEE_WALLET', newNameProblem(feeWallet)],
    ['WALLET_ISSUER', issuer === undefined ? undefined : newNameProblem(issuer)],
    ...allocations.map(
      ({ address }, place) => [`WALLET_ALLOCATIONS [${place}].address`, newNameProblem(address)] as const,
    ),
  ].flatMap(([variable, problem]) => (problem === undefined ? [] : [`  ${variable} ${problem}`]));
  if (problems.length > 0) throw new OperatorError(`the configuration is wrong:\n${problems.join('\n')}`);
}
