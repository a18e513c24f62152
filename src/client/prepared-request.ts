/** A complete request, signature included: it can be stored, and sent again byte for byte. */

export interface PreparedRequest {
  /** the id of its chain */
  readonly chain: string;
  /** such as /transactions/new */
  readonly path: string;
  /** JSON text, sent as it is */
  readonly body: string;
  /** the nonce in the body: the node accepts it once */
  readonly nonce: string;
}
