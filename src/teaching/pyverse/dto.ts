/** Requests of PyVerse's node and client, as forms or as JSON. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { BodyPipe } from '../http/body.js';
import { MISSING_VALUES } from '../pow/dto.js';
import { PyFloat, PyInt } from '../python-json/values.js';

const ADDRESS_CHARACTERS_MAX = 10_000;
const NUMBER = /^[+-]?(?:[0-9]{1,1000}(?:\.[0-9]{0,1000})?|\.[0-9]{1,1000})(?:[eE][+-]?[0-9]{1,5})?$/;

function IsText(field: string): PropertyDecorator {
  return ValidateBy({
    name: 'isText',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value !== '' && value.length <= ADDRESS_CHARACTERS_MAX,
      defaultMessage: () => `${field} must be a text of 1 to ${ADDRESS_CHARACTERS_MAX} characters`,
    },
  });
}

/** An amount remains the received text, since that is signed. */
function IsAmount(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: String,
      example: '5',
      description: 'A number, as it is signed: 5 and 5.0 are two texts',
    }),
    ValidateBy({
      name: 'isAmount',
      validator: {
        validate: (value) =>
          (typeof value === 'string' && NUMBER.test(value)) ||
          value instanceof PyInt ||
          (value instanceof PyFloat && Number.isFinite(value.value)),
        defaultMessage: () => 'amount must be a number',
      },
    }),
  );
}

export class SignedTransactionDto {
  @ApiProperty({ example: '30819f300d06092a…', description: 'The sender’s public key' })
  @IsText('sender_address')
  readonly sender_address!: string;

  @ApiProperty({ example: '30819f300d06092a…' })
  @IsText('recipient_address')
  readonly recipient_address!: string;

  @IsAmount()
  readonly amount!: string | PyInt | PyFloat;

  @ApiProperty({ example: '5d2a…', description: 'What POST /generate/transaction of the client gives' })
  @ValidateBy({
    name: 'isSignature',
    validator: {
      validate: (value) => typeof value === 'string',
      defaultMessage: () => 'signature must be a text of hex digits',
    },
  })
  readonly signature!: string;
}

export const signedBody = new BodyPipe(
  SignedTransactionDto,
  ['sender_address', 'recipient_address', 'amount', 'signature'],
  MISSING_VALUES,
);

export class TransactionToSignDto {
  @ApiProperty({ example: '30819f300d06092a…' })
  @IsText('sender_address')
  readonly sender_address!: string;

  @ApiProperty({ example: '3082025d02010002…' })
  @IsText('sender_private_key')
  readonly sender_private_key!: string;

  @ApiProperty({ example: '30819f300d06092a…' })
  @IsText('recipient_address')
  readonly recipient_address!: string;

  @IsAmount()
  readonly amount!: string | PyInt | PyFloat;
}

export const toSignBody = new BodyPipe(
  TransactionToSignDto,
  ['sender_address', 'sender_private_key', 'recipient_address', 'amount'],
  MISSING_VALUES,
);

export class NodesFormDto {
  @ApiProperty({ example: '127.0.0.1:5001, 127.0.0.1:5002' })
  @IsText('nodes')
  readonly nodes!: string;
}

export class AddressesDto {
  @ApiProperty({ type: [String], example: ['127.0.0.1:5001'] })
  readonly nodes!: readonly string[];
}

class SignedFieldsDto {
  @ApiProperty({ example: '30819f300d06092a…' })
  readonly sender_address!: string;
  @ApiProperty({ example: '30819f300d06092a…' })
  readonly recipient_address!: string;
  @ApiProperty({ example: '5' })
  readonly value!: string;
}

export class SignedDto {
  @ApiProperty({ type: SignedFieldsDto })
  readonly transaction!: SignedFieldsDto;
  @ApiProperty({ example: '5d2a…', description: 'In hex' })
  readonly signature!: string;
}

export class WalletDto {
  @ApiProperty({ example: '3082025d02010002…', description: 'PKCS#1 DER in hex' })
  readonly private_key!: string;
  @ApiProperty({ example: '30819f300d06092a…', description: 'SPKI DER in hex: the address' })
  readonly public_key!: string;
}
