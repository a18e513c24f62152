/** Starts one node: reads the configuration, opens what its role needs, listens, and stops cleanly. */
import 'reflect-metadata';
import type { StartRole } from './chain-node.js';
import type { Config, FollowerConfig } from './config/config.js';
import { readConfig } from './config/read-config.js';
import { complain } from './logging/line-output.js';
import { runNode } from './node.js';

try {
  await run(readConfig());
} catch (error) {
  // A problem that the operator has to solve is one line; everything else is our own bug.
  const { name, message, stack } = error as Error;
  complain(name === 'OperatorError' ? message : (stack ?? message));
  process.exitCode = 1;
  // Resources that were opened before the failure must not keep the process alive.
  process.exit();
}

/** The only place that branches on the role; the code of the other roles isn't loaded. */
async function run(config: Config): Promise<void> {
  switch (config.role) {
    case 'producer': {
      const { onDatabase } = await import('./chain-node.js');
      const { checkProducer, startProducer } = await import('./producer/start-producer.js');
      return runNode(config, onDatabase(startProducer, checkProducer));
    }
    case 'follower': {
      const { onDatabase } = await import('./chain-node.js');
      const { checkFollower, startFollower } = await import('./follower/start-follower.js');
      // The code that seals is needed only if the node has a chain of its own.
      const own = config.privateChain === undefined ? undefined : await import('./producer/private-chain.js');
      // So is the code that cosigns, only if it is a witness.
      const openWitness =
        config.witness === undefined ? undefined : (await import('./witness/open-witness.js')).openWitness;
      const start: StartRole<FollowerConfig> = (...parts) =>
        startFollower(...parts, { openOwnChain: own?.openPrivateChain, openWitness });
      const check: typeof checkFollower = (...parts) => {
        checkFollower(...parts);
        own?.checkPrivateChain(...parts);
      };
      return runNode(config, onDatabase(start, check));
    }
    case 'pow': {
      const { openPow } = await import('./teaching/pow/open-pow.js');
      return runNode(config, openPow);
    }
    case 'pyverse': {
      const { openPyverse } = await import('./teaching/pyverse/open-pyverse.js');
      return runNode(config, openPyverse);
    }
    case 'pyverse-client': {
      const { openWalletClient } = await import('./teaching/pyverse/open-wallet-client.js');
      return runNode(config, openWalletClient);
    }
    case 'pos': {
      const { openPos } = await import('./teaching/pos/open-pos.js');
      return runNode(config, openPos);
    }
    case 'classroom': {
      const { openClassroom } = await import('./teaching/classroom/open-classroom.js');
      return runNode(config, openClassroom);
    }
  }
}
