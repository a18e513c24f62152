// Sends POSTs over many connections and counts every answer.
import autocannon from 'autocannon';

/**
 * Sends exactly `amount` requests and waits for all answers: cut off by time, some would be stored and never counted.
 * @param bodies JSON texts, taken in turn by each connection
 */
export async function fire({ url, bodies, connections, amount }) {
  const { pathname } = new URL(url);
  const headers = { 'content-type': 'application/json' };
  let startedAt = 0;
  let lastAnswerAt = 0;
  const load = autocannon({
    url,
    connections,
    amount,
    // autocannon looks only this often whether it is done.
    sampleInt: 100,
    requests: bodies.map((body) => ({ method: 'POST', path: pathname, headers, body })),
  });
  load.on('start', () => (startedAt = performance.now()));
  load.on('response', () => (lastAnswerAt = performance.now()));
  const result = await load;
  const answers = { errors: result.errors, timeouts: result.timeouts };
  for (const [status, { count }] of Object.entries(result.statusCodeStats)) answers[status] = count;
  return {
    created: answers[201] ?? 0,
    answers,
    perSecond: (amount / (lastAnswerAt - startedAt)) * 1000,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
