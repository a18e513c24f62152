'use strict';
// Jest can't require() an ES module on Node before 24.9, and several packages that we need are CommonJS that does so
// (@nestjs/throttler, for one). So Jest runs in plain CommonJS mode, and whatever is an
// ES module (ours, Nest, Prisma's client, noble's) is compiled to CommonJS here.
const fs = require('node:fs');
const path = require('node:path');
const { createTransformer } = require('@swc/jest');

const compiler = (parser, transform) =>
  createTransformer({
    swcrc: false,
    jsc: { target: 'es2022', parser, transform, keepClassNames: true },
    module: { type: 'commonjs', ignoreDynamic: false },
    sourceMaps: 'inline',
  });
const typescript = compiler(
  { syntax: 'typescript', decorators: true },
  { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
);
const javascript = compiler({ syntax: 'ecmascript' }, {});

const moduleDirectories = new Map();

/** Whether Node would take the file for an ES module, by its extension and the nearest package.json. */
function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  return isModuleDirectory(path.dirname(file));
}

function isModuleDirectory(directory) {
  let answer = moduleDirectories.get(directory);
  if (answer === undefined) {
    const manifest = path.join(directory, 'package.json');
    const parent = path.dirname(directory);
    if (fs.existsSync(manifest)) answer = JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
    else answer = parent !== directory && isModuleDirectory(parent);
    moduleDirectories.set(directory, answer);
  }
  return answer;
}

module.exports = {
  process(source, file, options) {
    if (file.endsWith('.ts')) return typescript.process(source, file, options);
    return isModule(file) ? javascript.process(source, file, options) : { code: source };
  },
  getCacheKey(source, file, options) {
    if (file.endsWith('.ts')) return typescript.getCacheKey(source, file, options);
    return (isModule(file) ? 'module' : 'script') + javascript.getCacheKey(source, file, options);
  },
};
