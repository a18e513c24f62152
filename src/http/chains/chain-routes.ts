/** Routes of one chain, and how a handler learns which one is meant. */
import { Param } from '@nestjs/common';

/**
 * The paths of such a route: the canonical one, under the chain's name or id, and the papers' one, which is of the node's
 * default pair: its first token chain and its first information chain.
 * @param papers the papers' path, where it is another one
 */
export function onChain(route: string, papers = route): string[] {
  return [papers, `chains/:chain/${route}`];
}

/** The name or id in the path; undefined on the papers' path. */
export const ChainParam = (): ParameterDecorator => Param('chain');
