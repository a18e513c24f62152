/** Which chain the addresses in a part of a page are about, so that names and ids in it lead to that chain. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** The chain's name; undefined for the first chain of its kind, which addresses need not name. */
export const OfChain = createContext<string | undefined>(undefined);

export function useOfChain(): string | undefined {
  return useContext(OfChain);
}
