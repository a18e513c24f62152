/** The configuration of a node, read once and typed. A follower's has no key and no schedule: it can't seal. */
import type { Hash, PublicKey } from '../chain/bytes/bytes.js';
import type { Policy } from '../chain/note/policy.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { ChainDefaults, ChainSettings, InformationSettings } from './chain-settings.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'json' | 'pretty';

export interface NodeConfig {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly databaseFile: string;
  /** the maximum number of chains of this node */
  readonly chainsMax: number;
  /** if set, every POST and /mine requires it, or a token of `tokensFile` */
  readonly apiToken: string | undefined;
  /** the file of further tokens, which need not exist yet; undefined: none */
  readonly tokensFile: string | undefined;
  /** requests per minute per client; undefined: no limit */
  readonly rateLimitPerMinute: number | undefined;
  /** origins whose pages may read this node, or only `*` */
  readonly corsOrigins: readonly string[] | undefined;
  /** whether those pages may also change something here */
  readonly corsWrite: boolean;
  /**
   * names under which requests may change something, in addition to IP addresses, loopback names and `host`; or only
   * `*`
   */
  readonly allowedHosts: readonly string[];
  /** whether GET /network also reports for private addresses that something other than a node answers there */
  readonly reportPrivateNodes: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly bodyBytesMax: number;
  readonly batchBodyBytesMax: number;
  /** the maximum size of all request bodies held in memory at once, from arrival to answer */
  readonly bodyBytesInFlightMax: number;
  readonly connectionsMax: number;
  /** how long a client may make no progress in sending a request or receiving an answer */
  readonly clientSilenceMs: number;
  /** the time for a request to arrive completely */
  readonly requestTimeoutMs: number;
}

/** Whether a node's changes require a token. */
export function needsToken({ apiToken, tokensFile }: Pick<NodeConfig, 'apiToken' | 'tokensFile'>): boolean {
  return apiToken !== undefined || tokensFile !== undefined;
}

/** A node of a smart blockchain. */
export interface ChainNodeConfig extends NodeConfig {
  /** the folder in which the chains are kept as files for a web server; undefined: none */
  readonly staticDir: string | undefined;
}

/** The limits for accepting entries. */
export interface ProductionLimits {
  /** the maximum number of entries of a chain that wait for a block */
  readonly pendingEntriesMax: number;
  /** the free bytes on the database's disk that are required to accept an entry */
  readonly freeDiskBytesMin: number;
  /** how far the wall clock may deviate from the elapsed time within a minute and still be trusted at once */
  readonly clockJumpMsMax: number;
}

/** Settings of a node that seals chains. */
export interface SealingConfig {
  readonly keyFile: string;
  /** a copy of the last header of each chain, outside the database; undefined: none is kept */
  readonly checkpointFile: string | undefined;
}

/** How a node compares its chains with the nodes that it knows. */
export interface GossipConfig {
  readonly compareIntervalMs: number;
}

/** The witnesses that a node knows. */
export interface TrustConfig {
  /** whose cosignatures are kept and collected, and whose quorum makes an entry witnessed; undefined: nobody's */
  readonly policy: Policy | undefined;
}

export interface ProducerConfig
  extends ChainNodeConfig, ProductionLimits, SealingConfig, TrustConfig, GossipConfig {
  readonly role: 'producer';
  /** the chains to create at the first start, or when the list has grown */
  readonly chains: readonly ChainSettings[];
  /** whether CHAINS lists them; without it there are two, configured by variables */
  readonly isListed: boolean;
  /** the information chain of who did what; undefined: none */
  readonly auditChain: string | undefined;
  /** defaults for fields that POST /chains omits */
  readonly chainDefaults: ChainDefaults;
}

export interface FollowerConfig extends ChainNodeConfig, TrustConfig, GossipConfig {
  readonly role: 'follower';
  /** the URLs of one or more upstreams, without trailing slashes */
  readonly producerUrls: readonly string[];
  /**
   * the pinned chains: a single token chain stands for all chains of its producer, otherwise exactly these; empty: any
   */
  readonly chainIds: readonly Hash[];
  /** whether CHAIN_ID is written as a list: with a comma, which also may follow a single id */
  readonly isChainList: boolean;
  /** the pinned producers; empty: any */
  readonly producerPublicKeys: readonly PublicKey[];
  readonly syncIntervalMs: number;
  /** the time limit for one request to the upstream, from its start to the last byte */
  readonly syncTimeoutMs: number;
  /** an information chain of the node's own, in addition to those that it follows */
  readonly privateChain: PrivateChainConfig | undefined;
  /** if this node is a witness */
  readonly witness: WitnessConfig | undefined;
}

/** The settings of a witness: its key, and the logs that it cosigns beside the chains that it follows. */
export interface WitnessConfig {
  /** of its key, by the rules of C2SP signed-note */
  readonly name: string;
  readonly keyFile: string;
  readonly logs: readonly VerifierKey[];
}

/** The settings that a follower needs to seal a chain of its own. */
export interface PrivateChainConfig extends ProductionLimits, SealingConfig {
  readonly settings: InformationSettings;
}

/** A node of the proof-of-work teaching chain, or of its variant with wallets. */
export interface ProofOfWorkConfig extends NodeConfig {
  readonly role: 'pow' | 'pyverse';
  /** the number of hex zeros with which the hash of a proof must begin */
  readonly zeros: number;
}

/** The program that creates wallets and signs for the variant with wallets; it stores nothing. */
export interface WalletClientConfig extends NodeConfig {
  readonly role: 'pyverse-client';
}

/** The server of the proof-of-stake teaching chain. */
export interface PosConfig extends NodeConfig {
  readonly role: 'pos';
  /** 0: any free port */
  readonly tcpPort: number;
  readonly roundMs: number;
}

/** The page for a class and the nodes that it starts, on the next ports. */
export interface ClassroomConfig extends NodeConfig {
  readonly role: 'classroom';
}

export type TeachingConfig = ProofOfWorkConfig | WalletClientConfig | PosConfig | ClassroomConfig;
export type Config = ProducerConfig | FollowerConfig | TeachingConfig;
