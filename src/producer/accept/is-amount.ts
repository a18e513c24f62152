/** The decorator for the form of an amount; the contract's rules are checked later. */
import { Rule } from '../../http/requests/validation.js';

/** Longer texts are not amounts, and would take time to check. */
const TEXT_MAX = 128;

export const IsAmount = (): PropertyDecorator =>
  Rule(
    'isAmount',
    (value) => typeof value === 'number' || (typeof value === 'string' && value.length <= TEXT_MAX),
    'must be a number or a decimal string, such as "1000000" or "0.5"',
  );
