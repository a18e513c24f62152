/** Errors of the teaching nodes that are not HTTP errors by themselves. */

/** A problem that the operator has to fix before the node can start: one line, no stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
