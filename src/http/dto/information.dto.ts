/** Lists of information records. */
import { ApiProperty } from '@nestjs/swagger';
import { cursorQuery, NextCursorDto } from './cursor.dto.js';
import { PlacedInformationDto } from './transaction.dto.js';

/** A record may be 64 KiB, so a full page is a few megabytes at most. */
const RECORDS_MAX = 100;
export const RECORDS_DEFAULT = 50;

export class InformationQueryDto extends cursorQuery(RECORDS_MAX, RECORDS_DEFAULT) {}

export class InformationListDto extends NextCursorDto {
  @ApiProperty({ type: [PlacedInformationDto], description: 'Newest first' })
  readonly information!: readonly PlacedInformationDto[];
}
