/** GET /search: one query for everything that has a name. */
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../openapi/api-problems.js';
import { SearchDto, SearchQueryDto } from '../dto/search.dto.js';
import { SearchService } from './search.service.js';

@ApiTags('search')
@Controller('search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @ApiOperation({
    summary:
      'Blocks, entries, chains and wallets by id, hash, index, name or address, or the beginning of one',
  })
  @ApiOkResponse({ type: SearchDto })
  @ApiProblems(400, 503)
  @Get()
  find(@Query() { q }: SearchQueryDto): SearchDto {
    const query = q.trim();
    return { query, ...this.search.find(query) };
  }
}
