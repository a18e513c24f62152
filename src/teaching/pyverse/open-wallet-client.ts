/** `ROLE=pyverse-client`: the program that creates wallets and signs, with its page. */
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { WalletClientConfig } from '../../config/config.js';
import { TeachingInfo, TeachingModule } from '../http/base.module.js';
import { createTeachingApp } from '../http/teaching-app.js';
import { servePage } from '../http/pages.js';
import { WalletClientController } from './wallet-client.controller.js';

@Module({})
class WalletClientModule {}

class WalletClientInfo extends TeachingInfo {
  override details(): Readonly<Record<string, string | number>> {
    return { role: 'pyverse-client' };
  }
}

export async function openWalletClient(
  config: WalletClientConfig,
): Promise<{ app: NestFastifyApplication; extras: string; close: () => Promise<void> }> {
  const root = {
    module: WalletClientModule,
    imports: [TeachingModule.forRoot(new WalletClientInfo())],
    controllers: [WalletClientController],
  };
  const app = await createTeachingApp(root, config, {
    title: 'Wallets for proof of work',
    description:
      'Makes wallets and signs transactions for PyVerse’s chain, with RSA-1024 and SHA-1. Both are broken: for class only.',
    takesForms: true,
  });
  // The page sends its transactions to any node that the user names, like the original's.
  await servePage(app, 'wallet.html', ['/', '/make/transaction', '/view/transactions'], 'http: https:');
  return { app, extras: ', with a page for wallets', close: async () => undefined };
}
