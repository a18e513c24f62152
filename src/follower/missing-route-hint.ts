/** What a follower says of the routes that only the producer has. */
import { MissingRouteHint } from '../http/missing-route.js';

const PRODUCER_ROUTES: readonly RegExp[] = [
  /^POST \/transactions\/(new|batch|issue)$/,
  /^POST \/transactions\/[^/]+\/(accept|decline)$/,
  /^GET \/transactions\/pending$/,
  /^POST \/information\/new$/,
  /^(GET|POST) \/mine$/,
  /^POST \/information\/mine$/,
];

export class FollowerRouteHint extends MissingRouteHint {
  /** @param upstream the address that this node pulls from */
  constructor(private readonly upstream: string) {
    super();
  }

  override message(method: string, path: string): string | undefined {
    const route = `${method} ${path}`;
    return PRODUCER_ROUTES.some((pattern) => pattern.test(route))
      ? `this node is a follower and has no such route: send it to the producer at ${this.upstream}`
      : undefined;
  }
}
