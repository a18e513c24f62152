/** Loads modules as a browser would: without `process.getBuiltinModule`, and so without node:crypto. */
export function withoutNodeCrypto<Module>(load: () => Module): Module {
  const { getBuiltinModule } = process;
  let loaded: Module | undefined;
  Object.defineProperty(process, 'getBuiltinModule', {
    value: undefined,
    configurable: true,
    writable: true,
  });
  try {
    jest.isolateModules(() => {
      loaded = load();
    });
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', {
      value: getBuiltinModule,
      configurable: true,
      writable: true,
    });
  }
  return loaded as Module;
}
