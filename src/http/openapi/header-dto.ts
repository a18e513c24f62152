/** A sealed header in its wire form. */
import { sealedHeaderText, type SealedHeader } from '../../chain/block/block.js';
import type { HeaderDto } from '../dto/block.dto.js';

export function headerDto(header: SealedHeader): HeaderDto {
  return JSON.parse(`${sealedHeaderText(header)}}`) as HeaderDto;
}
