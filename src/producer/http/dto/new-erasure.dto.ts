/** Requests to erase an information record, and their answers. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { isReason, REASON_BYTES_MAX, REASON_EXPECTED } from '../../../chain/entry/erasure.js';
import { ErasureDto } from '../../../http/dto/entry.dto.js';
import { IsNonce, MayBeMissing, Rule } from '../../../http/requests/validation.js';

export class NewErasureDto {
  @ApiPropertyOptional({
    description: `Why: up to ${REASON_BYTES_MAX} bytes of UTF-8. It is public, and stays on the chain forever.`,
    example: 'asked for by the person concerned',
  })
  @MayBeMissing()
  @Rule('isReason', isReason, REASON_EXPECTED)
  reason?: string;

  @ApiPropertyOptional({
    description:
      'Makes the request safe to repeat: unique on its chain, forever. The producer makes one where none is sent.',
    example: 'erase-2041',
  })
  @MayBeMissing()
  @IsNonce()
  nonce?: string;
}

export class AcceptedErasureDto {
  @ApiProperty({ example: 'The record will be erased with Block 3' })
  message!: string;

  @ApiProperty({
    type: 'integer',
    description: 'The index of the block that will hold the erasure: once it is sealed, the content is gone.',
    example: 3,
  })
  index!: number;

  @ApiProperty({
    description: 'The erasure’s own id.',
    example: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  })
  id!: string;

  @ApiProperty({ type: ErasureDto, description: 'The erasure, as it is on the chain.' })
  erasure!: ErasureDto;
}
