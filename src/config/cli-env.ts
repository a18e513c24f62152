/** Settings of the command `bpsc` from the environment, so that they needn't be typed each time. */
import type { Environment } from './read-config.js';

export interface CliSettings {
  /** for key files; not trimmed, since spaces at its ends are part of it */
  readonly passphrase: string | undefined;
  /** a wallet's name or its file */
  readonly wallet: string | undefined;
  /** a node's URL or host:port */
  readonly node: string | undefined;
  /** the node's API_TOKEN */
  readonly apiToken: string | undefined;
  /** the file of a node's tokens, as on the node */
  readonly tokensFile: string | undefined;
  /** the profile to use instead of the one chosen by `bpsc use` */
  readonly profile: string | undefined;
  /** from a profile: a token chain's name or id */
  readonly tokenChain?: string | undefined;
  /** from a profile: an information chain's name or id */
  readonly informationChain?: string | undefined;
  /** whether output has no colours, also on a terminal: NO_COLOR is set, to whatever (https://no-color.org) */
  readonly noColor: boolean;
}

/** An empty value counts as unset, as for nodes. */
export function readCliSettings(env: Environment = process.env): CliSettings {
  const value = (name: string): string | undefined => {
    const text = env[name]?.trim();
    return text === '' ? undefined : text;
  };
  const { BPSC_PASSPHRASE: passphrase } = env;
  return {
    passphrase: passphrase === '' ? undefined : passphrase,
    wallet: value('BPSC_WALLET'),
    node: value('BPSC_NODE'),
    apiToken: value('BPSC_API_TOKEN'),
    tokensFile: value('API_TOKENS_FILE'),
    profile: value('BPSC_PROFILE'),
    noColor: (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb',
  };
}
