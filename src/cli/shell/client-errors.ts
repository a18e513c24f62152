/** The client's errors on the command line: one line, and an exit status. */
import {
  type BpscError,
  FaultError,
  InvalidRequestError,
  OutcomeUnknownError,
  RefusedError,
} from '../../client/errors.js';
import { EXIT, type ExitCode } from './io.js';

/** The user's names for a request's fields. */
const NAMES: Readonly<Record<string, string>> = {
  to: 'the recipient',
  from: 'the sender',
  amount: 'the amount',
  address: 'the address',
  memo: 'the memo',
  metadata: 'the metadata',
  reason: '--reason',
  nonce: '--nonce',
  holdUntil: '--hold-until',
  id: 'the id',
  request: 'the payment',
  chain: 'the chain',
  name: 'the name',
};

/** The node's messages name its own variable; the command's has another name. */
const TOKEN_HINTS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: ": set BPSC_API_TOKEN to the node's API_TOKEN, or to a token of its API_TOKENS_FILE",
  TOKEN_NEEDED: ': API_TOKEN is set on the node, and BPSC_API_TOKEN to the same for this command',
};

export function shownError(error: BpscError): { readonly message: string; readonly code: ExitCode } {
  if (error instanceof InvalidRequestError) {
    const texts = error.errors.map(({ field, message }) => `${NAMES[field] ?? field} ${message}`);
    return { message: texts.join('; '), code: EXIT.trouble };
  }
  if (error instanceof RefusedError) {
    const hint = TOKEN_HINTS[error.code] ?? '';
    return { message: `refused: ${error.detail} (${error.code})${hint}`, code: EXIT.fault };
  }
  if (error instanceof FaultError)
    return { message: `the node's data is not valid: ${error.message}`, code: EXIT.fault };
  return { message: error.message, code: error instanceof OutcomeUnknownError ? EXIT.unknown : EXIT.trouble };
}
