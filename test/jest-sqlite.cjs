'use strict';
// Jest gives every test file its own copy of better-sqlite3's JavaScript, but its native part is loaded once a process
// and throws the error class of the copy that came first: `instanceof SqliteError` would hold in one test file only.
// So each test file introduces its own.
const addon = require('bindings')({
  bindings: 'better_sqlite3.node',
  module_root: require('node:path').dirname(require.resolve('better-sqlite3/package.json')),
});
addon.isInitialized = false;
