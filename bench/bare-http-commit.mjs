// What a lone durable POST costs at least: Node's own HTTP server around one commit, with no rule, no framework and no
// answer but the number of the row. Argument: the database to make.
import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import { openRawTable } from './raw-table.mjs';

const table = openRawTable(process.argv[2], { lookUps: false });
let sequence = 0;

const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.once('end', () => {
    const leaf = JSON.stringify(JSON.parse(Buffer.concat(pieces)));
    const id = hash('sha256', `\0${leaf}`, 'buffer');
    table.insert([[sequence, id, 2, 1, 2, `n${sequence}`, leaf]]);
    const answer = `{"sequence":${sequence++}}`;
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
process.once('disconnect', () => process.exit());
