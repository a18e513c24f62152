/** The routes of PyVerse's client: it creates wallets and signs, and stores nothing. */
import { BadRequestException, Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { pyStr } from '../python-json/write.js';
import { ApiOriginalText } from '../http/api-docs.js';
import { MISSING_VALUES } from '../pow/dto.js';
import { SignedDto, toSignBody, TransactionToSignDto, WalletDto } from './dto.js';
import { newWallet, signTransaction } from './signature.js';

const BROKEN =
  'RSA with 1024 bits and SHA-1 are broken. The original knows no others: use them in class, and for nothing of worth.';

@ApiTags('wallet')
@Controller()
export class WalletClientController {
  @ApiOperation({ summary: 'Makes a wallet', description: BROKEN })
  @ApiOkResponse({ type: WalletDto })
  @Header('cache-control', 'no-store')
  @Get('wallet/new')
  wallet(): Promise<WalletDto> {
    return newWallet();
  }

  @ApiOperation({
    summary: 'Signs a transaction',
    description: `${BROKEN} The key is used and forgotten, and not compared with the sender: a node finds out.`,
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiBody({ type: TransactionToSignDto })
  @ApiOkResponse({ type: SignedDto })
  @ApiOriginalText(400, MISSING_VALUES)
  @Header('cache-control', 'no-store')
  @HttpCode(200)
  @Post('generate/transaction')
  generate(@Body(toSignBody) request: TransactionToSignDto): SignedDto {
    const { sender_address, sender_private_key, recipient_address, amount } = request;
    const transaction = { sender_address, recipient_address, value: pyStr(amount) };
    const signature = signTransaction(transaction, sender_private_key);
    if (signature !== undefined) return { transaction, signature };
    throw new BadRequestException(
      'sender_private_key must be an RSA private key of at most 4096 bits, as DER in hex',
    );
  }
}
