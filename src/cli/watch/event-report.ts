/** Live events as lines for people. They are not verified: bpsc verify does that. */
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { modestJson } from '../../chain/bytes/json-size.js';
import { counted, documentLine, printable } from '../shell/io.js';
import type { Paint } from '../shell/paint.js';
import type { ServerEvent } from '../../peer/server-events.js';
import { timeText } from '../pay/transaction-report.js';

const HASH_SHOWN = 12;
const TYPE_WIDTH = 6;
/** An information record has at most 64 KiB of JSON, such as `[0,0,…`. */
const EVENT_VALUES_MAX = 40_000;
/** The levels around it: the event, the entry. */
const OUTER_DEPTH = 2;

/** @param at when it was received, in milliseconds since 1970-01-01 UTC */
export function eventText(event: ServerEvent, at: number, paint: Paint): string {
  const type = event.type.padEnd(TYPE_WIDTH);
  const shown = event.type === 'fault' ? paint.bad(type) : type;
  return `${timeText(at)}  ${shown}  ${printable(sentence(event))}\n`;
}

/** The event as one line of JSON. */
export function eventJson({ type, id, data }: ServerEvent): string {
  return documentLine({ type, id: id ?? null, data: parsed(data) ?? null });
}

function sentence({ type, data }: ServerEvent): string {
  const fields = asFields(parsed(data)) ?? {};
  switch (type) {
    case 'block':
      return blockSentence(fields);
    case 'entry':
      return entrySentence(fields);
    case 'fault':
      if (fields.frozen === true) return frozenSentence(fields);
      return `${text(fields.upstream)} is at fault: ${text(fields.fault)}: ${text(fields.message)}`;
    case 'witnessed':
      return `${text(fields.chain)} ${text(fields.block)}  witnessed up to ${text(fields.size)} entries`;
    case 'gap':
      return `${text(fields.chain)}: blocks ${text(fields.from)} to ${text(fields.to)} are too many to send: read them from the node`;
    case 'status':
      return statusSentence(fields);
    default:
      return data;
  }
}

/** The upstream did nothing wrong: the second story was met there. */
function frozenSentence({ chain, message, upstream }: Fields): string {
  return `${text(chain)} is FROZEN for good: its producer told two stories: ${text(message)} (met at ${text(upstream)})`;
}

function blockSentence({ chain, block, entries }: Fields): string {
  const header = asFields(block) ?? {};
  const count = typeof entries === 'number' ? counted(entries, 'entry', 'entries') : '';
  return `${text(chain)} ${text(header.index)}  ${count}  hash ${text(header.hash).slice(0, HASH_SHOWN)}`;
}

function entrySentence({ chain, entry, omitted }: Fields): string {
  const leaf = asFields(entry) ?? {};
  const left = typeof omitted === 'number' ? `  (${counted(omitted, 'other')} before it left out)` : '';
  const place = `${text(leaf.status)}, block ${text(leaf.block)}  id ${text(leaf.id).slice(0, HASH_SHOWN)}`;
  return `${text(chain)}  ${what(leaf)}  ${place}${left}`;
}

function what(leaf: Fields): string {
  if (leaf.type === 'information')
    return `information ${leaf.information === undefined ? 'erased' : JSON.stringify(leaf.information)}`;
  if (leaf.type === 'erasure') return `erasure of ${text(leaf.erases).slice(0, HASH_SHOWN)}`;
  if ('transfer' in leaf) return `${text(leaf.type)} of ${text(leaf.transfer).slice(0, HASH_SHOWN)}`;
  const held = 'hold_until' in leaf ? ', held' : '';
  return `${text(leaf.type)} ${text(leaf.amount_send)}: ${text(leaf.sender)} → ${text(leaf.recipient)}${held}`;
}

function statusSentence({ role, ready, troubles, chains }: Fields): string {
  const heads = (Array.isArray(chains) ? (chains as unknown[]) : []).map((item) => {
    const { name, head, waiting, frozen } = asFields(item) ?? {};
    const count = typeof waiting === 'number' ? ` (${waiting} waiting)` : '';
    const state = frozen === true ? ' FROZEN' : '';
    return `${text(name)} ${text(asFields(head)?.index)}${state}${count}`;
  });
  const state =
    ready === true ? 'ready' : `NOT ready: ${text(Array.isArray(troubles) ? troubles.join('; ') : '')}`;
  return `${text(role)}, ${state}  ${heads.join(', ')}`;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

function parsed(data: string): unknown {
  return modestJson(data, EVENT_VALUES_MAX, OUTER_DEPTH);
}
