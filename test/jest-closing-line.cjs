'use strict';
// Ends a run with one plain line, `12 passed, 0 failed`, for people and programs that read only the end of a log.
module.exports = class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }) {
    // A file that could not even be loaded has no tests to count, but is a failure all the same.
    const counts = [`${numPassedTests} passed`, `${numFailedTests + numRuntimeErrorTestSuites} failed`];
    if (numPendingTests > 0) counts.push(`${numPendingTests} skipped`);
    // At the exit, for Jest writes its own summary after all reporters.
    process.once('exit', () => process.stdout.write(`${counts.join(', ')}\n`));
  }
};
