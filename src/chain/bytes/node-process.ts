/**
 * Node's `process`, undefined in a browser. Its built-in modules are loaded through it, without an import, so that a browser
 * can load the modules that use it.
 */
export const nodeProcess = (globalThis as { process?: Partial<NodeJS.Process> }).process;
