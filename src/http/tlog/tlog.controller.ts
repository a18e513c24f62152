/** Each chain as a tiled log, under the paths of the standard (C2SP tlog-tiles, protocol section 9). */
import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NotFound } from '../../ledger/errors.js';
import { LedgerStore } from '../../ledger/store.js';
import { parseHash } from '../../chain/bytes/bytes.js';
import { formatLogList } from '../../chain/contract/log-list.js';
import { JSON_TYPE } from '../requests/request.js';
import { logFile } from './log-files.js';

/** Not in the OpenAPI document: the standard describes these files, and its clients don't need one. */
@ApiExcludeController()
@Controller('tlog')
export class TlogController {
  constructor(private readonly store: LedgerStore) {}

  /** A chain is listed once it has a checkpoint. */
  @Get('chains.json')
  @Header('cache-control', 'no-cache')
  @Header('content-type', JSON_TYPE)
  list(): string {
    const signed = this.store.stores().filter((store) => store.signedHead() !== undefined);
    return formatLogList(signed.map(({ chain }) => chain));
  }

  @Get(':chain/*')
  file(
    @Param('chain') chain: string,
    @Param('*') path: string,
    @Query('cosigner') cosigner: unknown,
    @Res() reply: FastifyReply,
  ): void {
    const id = parseHash(chain);
    const store = id === undefined ? undefined : this.store.store(id);
    if (store === undefined) throw new NotFound(`there is no log ${JSON.stringify(chain.slice(0, 80))} here`);
    const file = logFile(store, path, typeof cosigner === 'string' ? cosigner : undefined);
    if (file === undefined) {
      throw new NotFound(
        `the log of ${store.chain.name} has no ${JSON.stringify(path.slice(0, 80))}, or not yet`,
      );
    }
    void reply.type(file.type).header('cache-control', file.cacheControl).send(file.body);
  }
}
