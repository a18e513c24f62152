/** What a follower says of the paths that only the producer has. */
import { MissingRouteHint } from '../http/missing-route.js';

interface ProducerRoute {
  readonly path: RegExp;
  readonly methods: readonly string[];
  /** what to know besides the address */
  readonly more?: string;
}

const SEALING = '. There, POST /mine seals the token chain, and POST /information/mine the information chain';

const PRODUCER_ROUTES: readonly ProducerRoute[] = [
  { path: /^\/transactions\/(?:new|batch|issue)$/, methods: ['POST'] },
  { path: /^\/transactions\/[^/]+\/(?:accept|decline)$/, methods: ['POST'] },
  { path: /^\/transactions\/pending$/, methods: ['GET', 'HEAD'] },
  { path: /^\/information\/new$/, methods: ['POST'] },
  { path: /^\/mine$/, methods: ['GET', 'POST'], more: SEALING },
  { path: /^\/information\/mine$/, methods: ['POST'], more: SEALING },
];

export class FollowerRouteHint extends MissingRouteHint {
  /** @param upstream the address that this node pulls from */
  constructor(private readonly upstream: string) {
    super();
  }

  /** Whatever the method: of a wrong one the producer would say so, and no path of a follower's own has these names. */
  override message(method: string, path: string): string | undefined {
    const route = PRODUCER_ROUTES.find((each) => each.path.test(path));
    if (route === undefined) return undefined;
    const [right = ''] = route.methods;
    const by = route.methods.includes(method) ? '' : `, by ${right}`;
    return `this node is a follower and has no such route: send it to the producer at ${this.upstream}${by}${route.more ?? ''}`;
  }
}
