/** The port by which a part of a node asks for the newest blocks of its upstreams. */
export abstract class Puller {
  /** Begins to pull all that the upstreams have now; the blocks are announced as events. Never throws. */
  abstract pull(): void;
}
