/**
 * Node's `process`, undefined in a browser. What it has built in is asked for here, without an import, so that a browser
 * can load whoever does so.
 */
export const nodeProcess = (globalThis as { process?: Partial<NodeJS.Process> }).process;
