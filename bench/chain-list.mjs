// The value of CHAINS for a number of token chains, which are called chain-0, chain-1 and so on.
export const chainNames = (count) => Array.from({ length: count }, (_, at) => `chain-${at}`);
export const chainList = (count) =>
  JSON.stringify(chainNames(count).map((name) => ({ kind: 'token', name })));
