/** The HTTP application of both roles on a real database, without a role's own routes but those that a test adds. */
import { gunzipSync } from 'node:zlib';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { Registry } from 'prom-client';
import type { NodeConfig } from '../../src/config/config.js';
import { CoreModule } from '../../src/http/server/core.module.js';
import { apiInfo, createHttpApp } from '../../src/http/server/http-app.js';
import { createDocument } from '../../src/http/openapi/swagger.js';
import { ReadModule } from '../../src/http/chains/read.module.js';
import type { BookSource } from '../../src/chain/books/book.js';
import type { Policy } from '../../src/chain/note/policy.js';
import type { TokenChainStore } from '../../src/ledger/chain-store.js';
import { Convictions } from '../../src/ledger/convictions.js';
import { Cosignatures } from '../../src/ledger/cosignatures.js';
import { CurrentBooks } from '../../src/ledger/current-books.js';
import { SYSTEM_CLOCK } from '../../src/ledger/system-clock.js';
import { NodeInfo } from '../../src/ledger/node-info.js';
import { ApiSchema } from './openapi.js';
import { startTestProducer, type TestProducer } from './test-producer.js';
import { temporaryFolder } from './temporary.js';

/** A node's account of itself, which a test may change. */
export class TestInfo extends NodeInfo {
  override readonly role = 'producer';
  override readonly upstream: string | undefined = undefined;
  list: readonly string[] = [];
  override troubles(): readonly string[] {
    return this.list;
  }
  override details(): Readonly<Record<string, string | number | boolean | null>> {
    return { pending: 0 };
  }
}

class TestBooks extends CurrentBooks {
  constructor(private readonly node: TestProducer) {
    super();
  }
  override of(store: TokenChainStore): BookSource {
    return this.node.producer.chain(store.chain.id).books ?? store.books;
  }
}

export interface TestHttp {
  readonly app: NestFastifyApplication;
  readonly producer: TestProducer;
  readonly info: TestInfo;
  readonly metrics: Registry;
  readonly convictions: Convictions;
  close(): Promise<void>;
}

export interface TestHttpOptions {
  readonly config?: Partial<NodeConfig>;
  /** what the producer's contracts say */
  readonly env?: Record<string, string>;
  /** the built explorer */
  readonly webFolder?: string;
  readonly policy?: Policy;
  readonly controllers?: readonly Type[];
  readonly providers?: NonNullable<DynamicModule['providers']>;
}

@Module({})
class TestModule {}

export async function startTestHttp(options: TestHttpOptions = {}): Promise<TestHttp> {
  const producer = await startTestProducer(temporaryFolder(), options.env);
  const config: NodeConfig = { ...producer.config, logLevel: 'silent', ...options.config };
  const info = new TestInfo();
  const metrics = new Registry();
  const { store, nodes, faults } = producer.storage;
  const { events } = producer;
  const complain = (): void => undefined;
  const convictions = await Convictions.read({ faults, store, events, clock: SYSTEM_CLOCK, complain });
  const root = {
    module: TestModule,
    imports: [
      CoreModule.forRoot({
        store,
        nodes,
        faults,
        info,
        books: new TestBooks(producer),
        cosignatures: new Cosignatures({ policy: options.policy }, producer.events),
        convictions,
        events: producer.events,
        metrics,
        clock: SYSTEM_CLOCK,
      }),
      ReadModule.forRoot(config),
    ],
    controllers: [...(options.controllers ?? [])],
    providers: options.providers ?? [],
  };
  const app = await createHttpApp(
    root,
    config,
    options.webFolder === undefined ? {} : { webFolder: options.webFolder },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  checkAnswers(app, config);
  return {
    app,
    producer,
    info,
    metrics,
    convictions,
    async close() {
      await app.close();
      await producer.close();
    },
  };
}

/** Whatever a test asks of it, the answer is held against its API's document. */
function checkAnswers(app: NestFastifyApplication, config: NodeConfig): void {
  const adapter = app.getHttpAdapter() as FastifyAdapter;
  const inject = adapter.inject.bind(adapter) as (request: InjectOptions) => Promise<LightMyRequestResponse>;
  let schema: ApiSchema | undefined;
  adapter.inject = (async (request: InjectOptions) => {
    const answer = await inject(request);
    schema ??= new ApiSchema(createDocument(app, apiInfo('producer', config)) as never);
    schema.check({
      method: request.method ?? 'GET',
      path: typeof request.url === 'string' ? request.url : '',
      status: answer.statusCode,
      contentType: answer.headers['content-type']?.toString(),
      text: textOf(answer),
    });
    return answer;
  }) as typeof adapter.inject;
}

function textOf({ headers, rawPayload }: LightMyRequestResponse): string {
  const isCompressed = headers['content-encoding'] === 'gzip' && rawPayload.length > 0;
  return (isCompressed ? gunzipSync(rawPayload) : rawPayload).toString();
}
