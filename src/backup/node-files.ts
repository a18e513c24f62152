/** The files of a node besides its database, by the settings that name them. */
import type { FollowerConfig, ProducerConfig } from '../config/config.js';

export type NodeWithFiles = ProducerConfig | FollowerConfig;

export interface NodeFile {
  /** in a backup's folder */
  readonly name: string;
  readonly variable: string;
  /** on the node */
  readonly path: string;
  /** whether a node with chains must have it */
  readonly isRequired: boolean;
}

/**
 * @param env the settings, for those that name files which only a start reads
 */
export function nodeFiles(
  config: NodeWithFiles,
  env: Readonly<Record<string, string | undefined>>,
): readonly NodeFile[] {
  const optional = (name: string, variable: string, path: string | undefined): NodeFile[] =>
    path === undefined || path.trim() === ''
      ? []
      : [{ name, variable, path: path.trim(), isRequired: false }];
  const required = (name: string, variable: string, path: string): NodeFile => ({
    name,
    variable,
    path,
    isRequired: true,
  });
  const keys: NodeFile[] = [];
  if (config.role === 'producer')
    keys.push(required('producer-key.pem', 'PRODUCER_KEY_FILE', config.keyFile));
  else {
    const { privateChain, witness } = config;
    if (privateChain !== undefined) {
      keys.push(required('private-chain-key.pem', 'PRIVATE_CHAIN_KEY_FILE', privateChain.keyFile));
    }
    if (witness !== undefined) keys.push(required('witness-key.pem', 'WITNESS_KEY_FILE', witness.keyFile));
  }
  const checkpointFile =
    config.role === 'producer' ? config.checkpointFile : config.privateChain?.checkpointFile;
  return [
    ...keys,
    ...optional('checkpoints', CHECKPOINTS, checkpointFile),
    ...optional('tokens.json', 'API_TOKENS_FILE', config.tokensFile),
    ...optional('witnesses', 'WITNESSES', env['WITNESSES']),
    ...optional('witness-logs', 'WITNESS_LOGS', env['WITNESS_LOGS']),
  ];
}

/** The variable of the file that a restore doesn't replace: it may be newer than the backup. */
export const CHECKPOINTS = 'CHECKPOINT_FILE';
