/** A request that is complete, signature included: it can be kept, and sent again byte for byte. */

export interface PreparedRequest {
  /** id of the chain that it is for */
  readonly chain: string;
  /** such as /transactions/new */
  readonly path: string;
  /** JSON text, sent as it is */
  readonly body: string;
  /** the one in the body: under it the node accepts this request once */
  readonly nonce: string;
}
