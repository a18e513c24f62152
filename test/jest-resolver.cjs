'use strict';
// Finds what Jest's own resolver doesn't: the x.ts behind an import of './x.js', and packages that can only be imported.
module.exports = (request, options) => {
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    if (/^\.{1,2}\/.*\.js$/.test(request)) {
      return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
    }
    if (!request.startsWith('.')) {
      return options.defaultResolver(request, { ...options, conditions: ['import', 'node', 'default'] });
    }
    throw error;
  }
};
