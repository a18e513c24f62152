/** Explains, on a follower, the routes that only a producer has. */
import { MissingRouteHint } from '../../http/server/missing-route.js';

interface ProducerRoute {
  readonly path: RegExp;
  readonly methods: readonly string[];
  /** the kind of chain whose entries the route accepts or seals */
  readonly of: 'token' | 'information';
  /** further advice */
  readonly more?: string;
}

const SEALING = '. There, POST /mine seals the token chain, and POST /information/mine the information chain';

const PRODUCER_ROUTES: readonly ProducerRoute[] = [
  { path: /^\/transactions\/(?:new|batch|issue)$/, methods: ['POST'], of: 'token' },
  { path: /^\/transactions\/[^/]+\/(?:accept|decline)$/, methods: ['POST'], of: 'token' },
  { path: /^\/transactions\/pending$/, methods: ['GET', 'HEAD'], of: 'token' },
  { path: /^\/information\/new$/, methods: ['POST'], of: 'information' },
  { path: /^\/information\/[^/]+\/erase$/, methods: ['POST'], of: 'information' },
  { path: /^\/mine$/, methods: ['GET', 'POST'], of: 'token', more: SEALING },
  { path: /^\/information\/mine$/, methods: ['POST'], of: 'information', more: SEALING },
];

/** Routes that a follower with a chain of its own has itself. */
const OF_OWN_CHAIN = /^\/(?:information\/(?:new|mine|[^/]+\/erase)|mine)$/;

/** Routes of one chain; a follower has some of them, for reading only. */
const OF_CHAIN = /^\/chains\/([^/]+)\/(?:transactions|information|mine)(?:\/.*)?$/;

/** The routes of one chain that only the producer has for reading. */
const PENDING_OF_CHAIN = /^\/chains\/([^/]+)\/transactions\/pending$/;

export interface RouteHintOptions {
  /** The producer of the first chain of a kind, if known. */
  readonly producerOf: (kind: 'token' | 'information') => string | undefined;
  /** The producer of the chain with this name or id; undefined if it isn't followed. */
  readonly producerNamed: (chain: string) => string | undefined;
  /** whether the node has a chain of its own */
  readonly hasOwnChain: boolean;
}

export class FollowerRouteHint extends MissingRouteHint {
  constructor(private readonly options: RouteHintOptions) {
    super();
  }

  /** Independent of the method: the producer reports a wrong method, and no route of a follower has these names. */
  override message(method: string, path: string): string | undefined {
    const { producerOf, producerNamed, hasOwnChain } = this.options;
    const [, chain] = (method === 'POST' ? OF_CHAIN : PENDING_OF_CHAIN).exec(path) ?? [];
    const named = chain === undefined ? undefined : producerNamed(decoded(chain));
    if (named !== undefined) return hint(named);
    if (method === 'POST' && path === '/chains') return hint(producerOf('token'));
    const route = PRODUCER_ROUTES.find((each) => each.path.test(path));
    if (route === undefined || (hasOwnChain && OF_OWN_CHAIN.test(path))) return undefined;
    const [valid = ''] = route.methods;
    return hint(producerOf(route.of), route.methods.includes(method) ? '' : `, with ${valid}`, route.more);
  }
}

function hint(url: string | undefined, by = '', more = ''): string {
  const at = url === undefined ? '' : ` at ${url}`;
  return `this node is a follower and has no such route: send the request to the producer${at}${by}${more}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
