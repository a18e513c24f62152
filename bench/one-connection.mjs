// One connection that asks again as soon as it has its answer: times that hold as little of a client's own work as can be.
import { connect } from 'node:net';
import { once } from 'node:events';

/**
 * POSTs the bodies one after the other.
 * @returns how long each answer took, in milliseconds
 * @throws Error at the first answer that isn't a 201
 */
export async function postInTurn(url, bodies) {
  const { hostname, port, pathname } = new URL(url);
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  const socket = connect(Number(port), hostname).setNoDelay();
  await once(socket, 'connect');
  try {
    const times = [];
    for (const request of requests) times.push(await ask(socket, request));
    return times;
  } finally {
    socket.destroy();
  }
}

function ask(socket, request) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let answer = '';
    const onData = (piece) => {
      answer += piece.toString('latin1');
      if (!isWhole(answer)) return;
      const time = performance.now() - start;
      socket.off('data', onData);
      socket.off('close', onClose);
      if (answer.startsWith('HTTP/1.1 201 ')) resolve(time);
      else reject(new Error(`the answer was ${answer}`));
    };
    const onClose = () => reject(new Error('the connection was closed'));
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.write(request);
  });
}

/** Read as latin1, a character is a byte. */
function isWhole(answer) {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const [, length] = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end + 2)) ?? [];
  if (length === undefined) throw new Error(`an answer without its length: ${answer}`);
  return answer.length === end + 4 + Number(length);
}
