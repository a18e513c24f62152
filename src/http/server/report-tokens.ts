/** Reports what happens to the tokens file: in the log, as a metric, and on the chain of acts. */
import { Logger } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import type { Access, TokenChange } from '../../access/access.js';
import type { NodeConfig } from '../../config/config.js';
import type { Act, ActTrail } from './acts.js';

/** @param trail undefined: changes are only logged */
export function reportTokens(
  access: Access,
  { tokensFile = '' }: Pick<NodeConfig, 'tokensFile'>,
  registry: Registry,
  trail: ActTrail | undefined,
): void {
  const logger = new Logger('Access');
  if (access.isEmpty) {
    logger.warn(
      `there is no token in ${tokensFile} (API_TOKENS_FILE) yet: npx bpsc token new <name> --file ${tokensFile} makes one`,
    );
  }
  access.listen({
    changed: (changes) => {
      for (const change of changes) {
        logger.log(changeLine(change));
        void trail?.record(actOf(change));
      }
    },
    trouble: (reason) => {
      if (reason === undefined) logger.log('the tokens file can be read again');
      else logger.error(`${reason}: the tokens from before stay valid`);
    },
  });
  new Gauge({
    name: 'bpsc_tokens_file_readable',
    help: '1 if API_TOKENS_FILE can be read; 0 while the tokens from before stay valid',
    registers: [registry],
    collect() {
      this.set(access.trouble() === undefined ? 1 : 0);
    },
  });
}

/** Such as "the token shop was added: submit, for aka". */
function changeLine({ act, token: { name, scopes, chains } }: TokenChange): string {
  if (act === 'removed') return `The token ${name} was removed: it is no longer valid`;
  return `The token ${name} was ${act}: it allows ${scopes.join(', ')} on ${chains?.join(', ') ?? 'all chains'}`;
}

function actOf({ act, token: { name, scopes, chains } }: TokenChange): Act {
  return {
    token: name,
    act: `token ${act}`,
    chain: undefined,
    detail: act === 'removed' ? {} : { scopes, ...(chains === undefined ? {} : { chains }) },
  };
}
