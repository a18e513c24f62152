/** The payments that "add load" sends. */
import type { Payment } from '../network/networks.js';

/** The payments per click, and the milliseconds between two of them. */
export const LOAD_COUNT = 100;
export const LOAD_PAUSE_MS = 50;
const PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin'];

export function payment(n: number): Payment {
  const sender = PEOPLE[n % PEOPLE.length] ?? 'alice';
  const recipient = PEOPLE[(n + 1) % PEOPLE.length] ?? 'bob';
  return { sender, recipient, amount: n + 1 };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
