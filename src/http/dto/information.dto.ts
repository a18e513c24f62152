/** Lists of information records. */
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { cursorQuery, NextCursorDto } from './cursor.dto.js';
import { PlacedErasureDto, PlacedInformationDto } from './transaction.dto.js';

/** A record may be 64 KiB, so a full page is a few megabytes at most. */
const RECORDS_MAX = 100;
export const RECORDS_DEFAULT = 50;

export class InformationQueryDto extends cursorQuery(RECORDS_MAX, RECORDS_DEFAULT) {}

@ApiExtraModels(PlacedInformationDto, PlacedErasureDto)
export class InformationListDto extends NextCursorDto {
  @ApiProperty({
    type: 'array',
    items: {
      oneOf: [{ $ref: getSchemaPath(PlacedInformationDto) }, { $ref: getSchemaPath(PlacedErasureDto) }],
    },
    description: 'Records, and erasures of records; newest first',
  })
  readonly information!: readonly (PlacedInformationDto | PlacedErasureDto)[];
}
