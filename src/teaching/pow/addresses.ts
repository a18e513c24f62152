/** Addresses in a request to register nodes. */
import { BadRequestException } from '@nestjs/common';
import type { PyValue } from '../python-json/values.js';
import { parseAddress } from './peers.js';

/**
 * @param nodes a list, or a text with commas, as the variant with wallets sends it
 * @throws BadRequestException that names the first wrong one
 */
export function readAddresses(nodes: string | readonly PyValue[]): readonly string[] {
  const items = typeof nodes === 'string' ? nodes.split(',') : nodes;
  return items.map((item, place) => {
    const address = typeof item === 'string' ? parseAddress(item.trim()) : undefined;
    if (address !== undefined) return address;
    throw new BadRequestException(
      `nodes[${place}] must be an address such as 127.0.0.1:5001 or http://127.0.0.1:5001`,
    );
  });
}
