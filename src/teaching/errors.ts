/** Errors of the teaching nodes that are no HTTP errors by themselves. */

/** Something the operator has to put right before the node can start: one line, no stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
