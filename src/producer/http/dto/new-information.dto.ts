/** Requests for information records, and their answers. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ANY_JSON } from '../../../http/dto/json-value.js';
import { IsJson, IsNonce, MayBeMissing } from '../../../http/requests/validation.js';

export class NewInformationDto {
  @ApiProperty({
    description:
      'Any JSON value but a missing one: up to 64 KiB as canonical JSON, nested at most 32 deep. Its numbers are ' +
      '64-bit doubles: one that would change, such as an integer beyond 2^53, is refused; send it as a string.',
    oneOf: ANY_JSON,
    example: { event: 'door opened', room: 7 },
  })
  @IsJson()
  information!: unknown;

  @ApiPropertyOptional({
    description:
      'Makes the request safe to repeat: unique on its chain, forever. The producer makes one where none is sent.',
    example: 'sensor-7-1760000000',
  })
  @MayBeMissing()
  @IsNonce()
  nonce?: string;
}

export class AcceptedInformationDto {
  @ApiProperty({ example: 'information will be added to Block 2' })
  message!: string;

  @ApiProperty({ type: 'integer', description: 'The index of the block that will hold it.', example: 2 })
  index!: number;

  @ApiProperty({
    description: 'SHA-256(0x00 ‖ leaf bytes): the record’s name on the chain.',
    example: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  })
  id!: string;
}
