/** The configuration of a node, read once and typed. A follower's has no key and no schedule: it can't seal. */
import type { Hash, PublicKey } from '../chain/bytes/bytes.js';
import type { ChainDefaults, ChainSettings, InformationSettings } from './chain-settings.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'json' | 'pretty';

export interface NodeConfig {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  readonly databaseFile: string;
  /** chains of this node, at most */
  readonly chainsMax: number;
  /** when set, every POST and /mine needs it */
  readonly apiToken: string | undefined;
  /** requests per minute and client; undefined: no limit */
  readonly rateLimitPerMinute: number | undefined;
  /** origins whose pages may read this node, or `*` alone */
  readonly corsOrigins: readonly string[] | undefined;
  /** whether those pages may also change something here */
  readonly corsWrite: boolean;
  /** names under which requests may change something, in addition to IP addresses, loopback names and `host`; or `*` alone */
  readonly allowedHosts: readonly string[];
  /** whether GET /network says of private addresses, too, that something else than a node answers there */
  readonly reportPrivateNodes: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly bodyBytesMax: number;
  readonly batchBodyBytesMax: number;
  /** bytes of request bodies that are held at once, from their arrival until they are answered */
  readonly bodyBytesInFlightMax: number;
  readonly connectionsMax: number;
  /** how long a client may neither send of a request nor take of an answer, while it should */
  readonly clientSilenceMs: number;
  /** for a request to arrive in full */
  readonly requestTimeoutMs: number;
}

/** The limits of intake. */
export interface ProductionLimits {
  /** entries of a chain that may wait for a block */
  readonly pendingEntriesMax: number;
  /** bytes that must be free on the database's disk for an entry to be accepted */
  readonly freeDiskBytesMin: number;
  /** how far the wall clock may move within a minute, the time passed not counted, to be believed at once */
  readonly clockJumpMsMax: number;
}

export interface ProducerConfig extends NodeConfig, ProductionLimits {
  readonly role: 'producer';
  readonly keyFile: string;
  /** that are made at the first start, or when the list has grown */
  readonly chains: readonly ChainSettings[];
  /** whether CHAINS lists them; by itself there are two, whose names are variables */
  readonly isListed: boolean;
  /** for what POST /chains leaves out */
  readonly chainDefaults: ChainDefaults;
}

export interface FollowerConfig extends NodeConfig {
  readonly role: 'follower';
  /** of one or more upstreams, each without a slash at the end */
  readonly producerUrls: readonly string[];
  /** the chains that are pinned: one token chain alone stands for all of its producer, else they are all that is meant; empty: any */
  readonly chainIds: readonly Hash[];
  /** the producers that are pinned; empty: any */
  readonly producerPublicKeys: readonly PublicKey[];
  readonly syncIntervalMs: number;
  /** for one request to the upstream, from its start to the last byte */
  readonly syncTimeoutMs: number;
  /** an information chain of the node's own, beside those that it follows */
  readonly privateChain: PrivateChainConfig | undefined;
}

/** The settings that a follower needs to seal a chain of its own. */
export interface PrivateChainConfig extends ProductionLimits {
  readonly keyFile: string;
  readonly settings: InformationSettings;
}

/** A node of the proof-of-work teaching chain, or of its variant with wallets. */
export interface ProofOfWorkConfig extends NodeConfig {
  readonly role: 'pow' | 'pyverse';
  /** hex zeros that the hash of a proof must begin with */
  readonly zeros: number;
}

/** The program that makes wallets and signs for the variant with wallets; it keeps nothing. */
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

/** The page of a class, and the nodes that it starts; these have the next ports. */
export interface ClassroomConfig extends NodeConfig {
  readonly role: 'classroom';
}

export type TeachingConfig = ProofOfWorkConfig | WalletClientConfig | PosConfig | ClassroomConfig;
export type Config = ProducerConfig | FollowerConfig | TeachingConfig;
