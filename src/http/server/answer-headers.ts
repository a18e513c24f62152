/** The headers of every answer, including answers that are sent before Fastify has a request. */
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
   * @param origin the request's, if it could be read
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

  /** Adds the base headers to each answer, then those of CORS. */
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
      // Later hooks run too; the plugin's own route answers.
      preflightContinue: true,
    };
    await fastify.register(cors, {
      // Any other OPTIONS is answered like every method that a path doesn't have.
      delegator: (request, done) => done(null, { ...options, preflight: this.isPreflight(request) }),
    });
  }

  /** Whether it is a browser's preflight request. */
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

  /** Compression and CORS depend on these, even if this particular answer doesn't. */
  private get vary(): string {
    return this.access.corsOrigins === undefined || this.isForAll
      ? 'accept-encoding'
      : 'accept-encoding, Origin';
  }

  private allowedOrigin(origin: string | undefined): string | undefined {
    const { corsOrigins = [] } = this.access;
    if (this.isForAll) return '*';
    // An unreadable request may have come from the only allowed origin; the browser compares.
    if (origin === undefined && corsOrigins.length === 1) return corsOrigins[0];
    return corsOrigins.find((allowed) => allowed === origin);
  }
}

/** Adds a field to `Vary`, in addition to existing ones (RFC 9110, section 12.5.5). */
export function addVary(reply: FastifyReply, field: string): void {
  const fields = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (fields.some((name) => name === '*' || name.toLowerCase() === field.toLowerCase())) return;
  reply.header('vary', [...fields, field].join(', '));
}

/** The headers that helmet adds to every answer. It would compute them each time, although with these settings they never change. */
async function securityHeaders(): Promise<OutgoingHttpHeaders> {
  const fastify = makeFastify();
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Swagger's page has inline styles.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        upgradeInsecureRequests: null,
      },
    },
    // A node speaks plain HTTP; only its proxy can make promises about TLS.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  fastify.get('/', (_request, reply) => reply.raw.getHeaders());
  const answer = await fastify.inject('/');
  await fastify.close();
  return answer.json();
}
