/** The decorator for an amount as clients write it; what the token allows is checked with its contract at hand. */
import { Rule } from '../../http/requests/validation.js';

/** Longer texts are no amount, and cost time to look at. */
const TEXT_MAX = 128;

export const IsAmount = (): PropertyDecorator =>
  Rule(
    'isAmount',
    (value) => typeof value === 'number' || (typeof value === 'string' && value.length <= TEXT_MAX),
    'must be a number or a decimal string, such as "1000000" or "0.5"',
  );
