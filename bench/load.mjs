// Sends requests over many connections and counts every answer.
import autocannon from 'autocannon';

/** POSTs to one server, in rounds of a number of requests that about fill a time. */
export class PostLoad {
  /** requests that were answered with 201 */
  created = 0;
  #perSecond;

  /**
   * @param paths of the route; where there are several, connections begin at different ones and take them in turn
   * @param bodies JSON texts, taken in turn by each connection
   */
  constructor(server, { path, paths = [path], bodies, connections }) {
    this.server = server;
    this.target = { url: server.url, paths, bodies, connections };
  }

  /** A number, not a time: the last round's speed says how many fill it. */
  round(seconds) {
    return this.send(Math.max(this.target.connections, Math.round(this.#perSecond * seconds)));
  }

  /** @throws Error where an answer isn't a 201 */
  async send(amount) {
    const result = await fire({ ...this.target, amount });
    if (result.created !== amount) {
      const answers = JSON.stringify(result.answers);
      throw new Error(`${this.server.name}: ${amount} requests, but the answers were ${answers}`);
    }
    this.created += amount;
    this.#perSecond = result.perSecond;
    return result;
  }
}

/**
 * Sends exactly `amount` POSTs and waits for all answers: cut off by time, some would be stored and never counted.
 * @param bodies JSON texts, taken in turn by each connection
 */
export function fire({ url, paths = [new URL(url).pathname], bodies, connections, amount }) {
  const headers = { 'content-type': 'application/json' };
  const requests = bodies.map((body, at) => ({
    method: 'POST',
    path: paths[at % paths.length],
    headers,
    body,
  }));
  if (paths.length === 1) return send({ url, requests, connections, amount });
  let connected = 0;
  const setupClient = (client) => {
    const first = connected++ % requests.length;
    client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
  };
  return send({ url, requests, setupClient, connections, amount });
}

/** GETs in the same way. @param paths shared out among the connections: each asks for its own in turn */
export function fireReads({ url, paths, connections, amount }) {
  const requests = paths.map((path) => ({ method: 'GET', path }));
  let connected = 0;
  const setupClient = (client) => {
    const own = connected++;
    const share = requests.filter((_, place) => place % connections === own);
    client.setRequests(share.length > 0 ? share : [requests[own % requests.length]]);
  };
  return send({ url, requests: requests.slice(0, 1), setupClient, connections, amount });
}

async function send({ url, requests, setupClient, connections, amount }) {
  let startedAt = 0;
  let lastAnswerAt = 0;
  const load = autocannon({
    url,
    connections,
    amount,
    // autocannon looks only this often whether it is done.
    sampleInt: 20,
    requests,
    setupClient,
  });
  load.on('start', () => (startedAt = performance.now()));
  load.on('response', () => (lastAnswerAt = performance.now()));
  const result = await load;
  const answers = { errors: result.errors, timeouts: result.timeouts };
  for (const [status, { count }] of Object.entries(result.statusCodeStats)) answers[status] = count;
  return {
    created: answers[201] ?? 0,
    read: answers[200] ?? 0,
    answers,
    perSecond: (amount / (lastAnswerAt - startedAt)) * 1000,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
