/** Hex values used in the API's examples. */

export const HASH = '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b';
export const ID = 'b8c3b1f3e6d5a1d8f3f0d9f6f6a6d3d1c0b9a8f7e6d5c4b3a29180706f5e4d3c';
