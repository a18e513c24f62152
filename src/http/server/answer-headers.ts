/** The headers that every answer has, those included that are sent before Fastify has a request. */
import type { OutgoingHttpHeaders } from 'node:http';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import helmet from '@fastify/helmet';
import {
  fastify as makeFastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { NodeConfig } from '../../config/config.js';

const EXPOSED = ['Allow', 'ETag', 'Idempotency-Hit', 'Retry-After'];

export type ReadAccess = Pick<NodeConfig, 'corsOrigins' | 'corsWrite'>;

export class AnswerHeaders {
  private constructor(
    private readonly access: ReadAccess,
    private readonly security: OutgoingHttpHeaders,
  ) {}

  static async create(access: ReadAccess): Promise<AnswerHeaders> {
    return new AnswerHeaders(access, await securityHeaders());
  }

  /** The headers that each answer starts with; a route that may be cached longer overrides them. */
  get base(): OutgoingHttpHeaders {
    return { ...this.security, vary: this.vary, 'cache-control': 'no-cache' };
  }

  /**
   * All of them for an answer to which no hook adds any.
   * @param origin the request's, where it could be read
   */
  withoutHooks(origin: string | undefined): OutgoingHttpHeaders {
    const allowed = this.allowedOrigin(origin);
    return {
      ...this.security,
      vary: this.vary,
      'cache-control': 'no-store',
      ...(allowed === undefined
        ? {}
        : {
            'access-control-allow-origin': allowed,
            'access-control-expose-headers': EXPOSED.join(', '),
          }),
    };
  }

  /** Adds the base to each answer, then what CORS asks for. */
  async register(fastify: FastifyInstance): Promise<void> {
    const { base } = this;
    fastify.addHook('onRequest', (_request, reply, done) => {
      reply.headers(base);
      done();
    });
    const { corsOrigins, corsWrite } = this.access;
    if (corsOrigins === undefined) return;
    const options: FastifyCorsOptions = {
      origin: this.isForAll ? '*' : [...corsOrigins],
      methods: corsWrite ? ['GET', 'HEAD', 'POST', 'DELETE'] : ['GET', 'HEAD'],
      exposedHeaders: EXPOSED,
      // Later hooks have their say too; the route that the plugin makes for it answers.
      preflightContinue: true,
    };
    await fastify.register(cors, {
      // Any other OPTIONS is answered as every method is that a path doesn't have.
      delegator: (request, done) => done(null, { ...options, preflight: this.isPreflight(request) }),
    });
  }

  /** Whether a browser asks what a page may ask here. */
  isPreflight({ method, headers }: FastifyRequest): boolean {
    return (
      method === 'OPTIONS' &&
      this.access.corsOrigins !== undefined &&
      headers.origin !== undefined &&
      headers['access-control-request-method'] !== undefined
    );
  }

  private get isForAll(): boolean {
    return this.access.corsOrigins?.[0] === '*';
  }

  /** Compression and CORS choose by these, also where this answer happens to be the same for all. */
  private get vary(): string {
    return this.access.corsOrigins === undefined || this.isForAll
      ? 'accept-encoding'
      : 'accept-encoding, Origin';
  }

  private allowedOrigin(origin: string | undefined): string | undefined {
    const { corsOrigins = [] } = this.access;
    if (this.isForAll) return '*';
    // A request that can't be read may have come from the only allowed origin; the browser compares.
    if (origin === undefined && corsOrigins.length === 1) return corsOrigins[0];
    return corsOrigins.find((allowed) => allowed === origin);
  }
}

/** Adds a field to `Vary`, whatever is there already (RFC 9110, section 12.5.5). */
export function addVary(reply: FastifyReply, field: string): void {
  const fields = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (fields.some((name) => name === '*' || name.toLowerCase() === field.toLowerCase())) return;
  reply.header('vary', [...fields, field].join(', '));
}

/** The headers that helmet gives every answer. It would compute them each time, but with these settings they are always the same. */
async function securityHeaders(): Promise<OutgoingHttpHeaders> {
  const fastify = makeFastify();
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Swagger's page styles itself.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        upgradeInsecureRequests: null,
      },
    },
    // A node speaks plain HTTP; what its proxy promises about TLS is the proxy's to say.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  fastify.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await fastify.inject('/');
  await fastify.close();
  return answer.json();
}
