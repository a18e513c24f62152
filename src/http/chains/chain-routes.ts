/** Paths of routes that concern one chain, and the parameter that identifies it. */
import { Param } from '@nestjs/common';

/**
 * The paths of such a route: the canonical one, under the chain's name or id, and the papers' one, which
 * refers to the node's default pair: its first token chain and its first information chain.
 * @param papers the papers' path, if it differs
 */
export function onChain(route: string, papers = route): string[] {
  return [papers, `chains/:chain/${route}`];
}

/** The name or id in the path; undefined on the papers' path. */
export const ChainParam = (): ParameterDecorator => Param('chain');
