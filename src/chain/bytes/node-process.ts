/**
 * Node's `process`, undefined in a browser. Node's built-in modules are loaded through it rather than imported, so that
 * a browser can load our modules that use them.
 */
export const nodeProcess = (globalThis as { process?: Partial<NodeJS.Process> }).process;
