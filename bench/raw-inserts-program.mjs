// The ceiling of what is stored: the rows of a producer's transactions, read from its database before the clock runs,
// and inserted into a database of the same kind; nothing else is done.
import { openRawTable, openRows } from './raw-table.mjs';

let table;

/** @returns how long each commit took, in milliseconds */
function copy({ from, to, perCommit, source }) {
  const producer = openRows(source);
  const rows = producer.read(from, to);
  producer.close();
  if (rows.length !== to - from) {
    throw new Error(`the producer has ${rows.length} of the rows ${from} to ${to}`);
  }
  const commits = [];
  for (let at = 0; at < rows.length; at += perCommit) commits.push(rows.slice(at, at + perCommit));
  return commits.map((commit) => {
    const start = performance.now();
    table.insert(commit);
    return performance.now() - start;
  });
}

process.on('message', (message) => {
  table ??= openRawTable(message.file, message);
  process.send({ times: copy(message) });
});
process.once('disconnect', () => process.exit());
process.send({});
