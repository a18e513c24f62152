/** The nodes that were registered with this one: a bounded list, in which nodes that don't answer make room for new ones. */
import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../ledger/errors.js';
import { NodeRegistry, type KnownNode } from '../../ledger/store.js';
import { NetworkView } from './network-view.js';

/** A client that may register nodes must not fill this node's disk. */
export const NODES_KNOWN_MAX = 1000;

@Injectable()
export class KnownNodes {
  protected readonly max: number = NODES_KNOWN_MAX;
  /** Registering reads, then writes: one at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly registry: NodeRegistry,
    private readonly view: NetworkView,
  ) {}

  all(): Promise<readonly KnownNode[]> {
    return this.registry.all();
  }

  /**
   * Adds the new nodes; if there is no room, the oldest nodes that don't answer are removed first.
   * @returns all nodes, oldest first
   * @throws InvalidInput if too many of the known nodes answer
   */
  register(urls: readonly string[], now: number): Promise<readonly KnownNode[]> {
    return this.inTurn(async () => {
      const known = await this.registry.all();
      const surplus = new Set([...known.map(({ url }) => url), ...urls]).size - this.max;
      if (surplus > 0) await this.makeRoom(surplus, known, urls);
      return this.registry.register(urls, now);
    });
  }

  /**
   * Removes nodes from the list; unknown ones are ignored.
   * @returns what was removed, and what is left
   */
  remove(urls: readonly string[]): Promise<{ removed: readonly string[]; left: readonly KnownNode[] }> {
    return this.inTurn(async () => {
      const known = new Set((await this.registry.all()).map(({ url }) => url));
      const removed = urls.filter((url) => known.has(url));
      await this.registry.remove(removed);
      return { removed, left: await this.registry.all() };
    });
  }

  private async makeRoom(
    places: number,
    known: readonly KnownNode[],
    kept: readonly string[],
  ): Promise<void> {
    const urls = known.map(({ url }) => url).filter((url) => !kept.includes(url));
    const unreachable = (): readonly string[] => urls.filter((url) => this.view.answered(url) === false);
    const isAskedOut = (): boolean => urls.every((url) => this.view.answered(url) !== undefined);
    while (unreachable().length < places && !isAskedOut()) await this.view.lookAgain();
    const going = unreachable().slice(0, places);
    if (going.length < places) {
      const message = `would make more than ${this.max} known nodes: remove some with DELETE /nodes`;
      throw new InvalidInput([{ field: 'nodes', message }]);
    }
    await this.registry.remove(going);
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.turn.then(act);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
