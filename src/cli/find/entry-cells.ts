/** One line for an entry in its wire form. */
import type { Fields } from '../../chain/bytes/fields.js';
import { printable } from '../shell/io.js';

const ID_DIGITS = 12;
const INFORMATION_CHARACTERS = 80;

/** The cells: id, type, and what it says. */
export function entryCells(leaf: Fields): readonly string[] {
  return [field(leaf, 'id').slice(0, ID_DIGITS), field(leaf, 'type'), printable(words(leaf))];
}

/** JSON on one line, cut where it gets long. */
export function informationCell(information: unknown, characters = INFORMATION_CHARACTERS): string {
  const text = [...printable(JSON.stringify(information))];
  return text.length <= characters ? text.join('') : `${text.slice(0, characters - 1).join('')}…`;
}

function words(leaf: Fields): string {
  switch (leaf.type) {
    case 'information':
      return leaf.information === undefined ? 'erased' : informationCell(leaf.information);
    case 'erasure':
      return `of ${field(leaf, 'erases').slice(0, ID_DIGITS)}`;
    default:
      if ('transfer' in leaf)
        return `of ${field(leaf, 'transfer').slice(0, ID_DIGITS)}, by ${field(leaf, 'sender')}`;
      return `${field(leaf, 'amount_send')}: ${field(leaf, 'sender')} → ${field(leaf, 'recipient')}`;
  }
}

function field(leaf: Fields, name: string): string {
  const value = leaf[name];
  return typeof value === 'string' ? value : '';
}
