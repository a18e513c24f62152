/** Reads the environment into a typed config in one pass; all problems are reported in one error. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRate, type Rate } from '../chain/entry/amount.js';
import { parseHash, parsePublicKey } from '../chain/bytes/bytes.js';
import {
  BLOCK_ENTRIES_MAX,
  CHAIN_NAME,
  INTERVAL_MS_MAX,
  isSymbol,
  type FeeDisposition,
  type Schedule,
} from '../chain/contract/contract.js';
import { DECIMALS_MAX } from '../chain/entry/amount.js';
import { WALLET_EXPECTED } from '../chain/entry/transaction.js';
import { parsePolicy, type Policy } from '../chain/note/policy.js';
import { ED25519, isKeyName, parseVerifierKey, type VerifierKey } from '../chain/note/verifier-key.js';
import { isWalletName, type WalletPolicy } from '../chain/contract/wallet-policy.js';
import { OperatorError } from '../ledger/errors.js';
import { CHAINS_MAX_MAX } from '../ledger/list-size.js';
import { isStaticUrl, staticUrl, withoutStatic } from '../ledger/static-url.js';
import { COSIGNATURES_MAX, COSIGNER_NAME_BYTES_MAX } from '../ledger/witness-limits.js';
import {
  CHAIN_NAME_EXPECTED,
  readAllocations,
  type ChainDefaults,
  type ChainSettings,
} from './chain-settings.js';
import { needsToken } from './config.js';
import type {
  ClassroomConfig,
  Config,
  FollowerConfig,
  LogFormat,
  LogLevel,
  NodeConfig,
  PosConfig,
  PrivateChainConfig,
  ProducerConfig,
  ProductionLimits,
  ProofOfWorkConfig,
  SealingConfig,
  WalletClientConfig,
  WitnessConfig,
} from './config.js';
import { parseHost } from './host-name.js';
import { parseDatabaseUrl } from './database-url.js';
import { isInside } from './is-inside.js';
import { misspelled } from './misspelled.js';
import { readChains, readJsonArray } from './read-chains.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const MIB = 1024 * 1024;
const ROLES = ['producer', 'follower', 'pow', 'pyverse', 'pyverse-client', 'pos', 'classroom'] as const;
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const LOG_FORMATS: readonly LogFormat[] = ['json', 'pretty'];
const POLICIES: readonly WalletPolicy[] = ['open', 'signed'];
const DISPOSITIONS: readonly FeeDisposition[] = ['collect', 'burn'];

/** @throws OperatorError that names every variable that is invalid, or looks like a misspelled one of ours */
export function readConfig(env: Environment = process.env): Config {
  return readSettings(env).config;
}

/** Settings that must not be stored beside others. */
const SECRETS: ReadonlySet<string> = new Set(['API_TOKEN']);

export interface Settings {
  readonly config: Config;
  /** the variables of nodes that are set, as they are written, without secrets */
  readonly set: Readonly<Record<string, string>>;
  /** the names of the secrets that are set */
  readonly secrets: readonly string[];
}

/** @throws OperatorError as {@link readConfig} */
export function readSettings(env: Environment): Settings {
  const reader = new Reader(env);
  const role = reader.oneOf('ROLE', ROLES, 'producer');
  const config = READERS[role](reader);
  reader.finish();
  const found = reader.set();
  return {
    config,
    set: Object.fromEntries(found.filter(([name]) => !SECRETS.has(name))),
    secrets: found.map(([name]) => name).filter((name) => SECRETS.has(name)),
  };
}

const READERS: Readonly<Record<Config['role'], (reader: Reader) => Config>> = {
  producer: readProducer,
  follower: readFollower,
  pow: (reader) => readProofOfWork(reader, 'pow', 4),
  pyverse: (reader) => readProofOfWork(reader, 'pyverse', 2),
  'pyverse-client': readWalletClient,
  pos: readPos,
  classroom: readClassroom,
};

const ZEROS_MAX = 16;

/**
 * @param originalZeros the default, as in the original program; each additional zero makes a block 16 times as
 *   expensive
 */
function readProofOfWork(
  reader: Reader,
  role: ProofOfWorkConfig['role'],
  originalZeros: number,
): ProofOfWorkConfig {
  return {
    role,
    ...readNode(reader, role, 5000),
    zeros: reader.integer('POW_ZEROS', originalZeros, 1, ZEROS_MAX),
  };
}

function readWalletClient(reader: Reader): WalletClientConfig {
  return { role: 'pyverse-client', ...readNode(reader, 'pyverse-client', 8080) };
}

function readPos(reader: Reader): PosConfig {
  return {
    role: 'pos',
    ...readNode(reader, 'pos', 5000),
    tcpPort: reader.integer('TCP_PORT', 9090, 0, 65_535),
    roundMs: reader.integer('POS_ROUND_MS', 10_000, 100, INTERVAL_MS_MAX),
  };
}

function readClassroom(reader: Reader): ClassroomConfig {
  return { role: 'classroom', ...readNode(reader, 'classroom', 4000) };
}

function readProducer(reader: Reader): ProducerConfig {
  const node = readNode(reader, 'producer', 5000);
  const chainDefaults = readChainDefaults(reader);
  const sealing = readSealing(reader, node, 'PRODUCER_KEY_FILE', './data/producer-key.pem');
  const listed = reader.chains(chainDefaults, node.chainsMax);
  reader.refuse('PRIVATE_CHAIN', 'is for ROLE=follower: a producer makes its information chains from CHAINS');
  const files = { DATABASE_URL: node.databaseFile, PRODUCER_KEY_FILE: sealing.keyFile };
  checkTokensFile(reader, node.tokensFile, { ...files, CHECKPOINT_FILE: sealing.checkpointFile });
  return {
    role: 'producer',
    ...node,
    staticDir: readStaticDir(reader, { ...files, API_TOKENS_FILE: node.tokensFile }),
    auditChain: readAuditChain(reader, node),
    ...sealing,
    chains: listed ?? readPair(reader, chainDefaults),
    isListed: listed !== undefined,
    policy: reader.file('WITNESSES', readPolicy),
    compareIntervalMs: reader.integer('COMPARE_INTERVAL_MS', 5000, 10, INTERVAL_MS_MAX),
    chainDefaults,
    ...readProductionLimits(reader),
  };
}

function readAuditChain(reader: Reader, node: NodeConfig): string | undefined {
  const name = 'AUDIT_CHAIN';
  const chain = reader.optional(name, CHAIN_NAME_EXPECTED, (text) =>
    CHAIN_NAME.test(text) ? text : undefined,
  );
  if (chain !== undefined && !needsToken(node)) {
    reader.wrong(name, 'requires API_TOKEN or API_TOKENS_FILE: without tokens nobody can be named');
  }
  return chain;
}

function readSealing(
  reader: Reader,
  { databaseFile }: NodeConfig,
  keyVariable: string,
  keyFallback: string,
): SealingConfig {
  const keyFile = reader.text(keyVariable, keyFallback);
  if (isSameFile(keyFile, databaseFile)) {
    reader.wrong(keyVariable, 'must not be the file that DATABASE_URL names');
  }
  const checkpointFile = reader.optional('CHECKPOINT_FILE', 'must be a path', (text) => text);
  const taken = [databaseFile, keyFile].some(
    (file) => checkpointFile !== undefined && isSameFile(checkpointFile, file),
  );
  if (taken) {
    reader.wrong('CHECKPOINT_FILE', `must not be the file that DATABASE_URL or ${keyVariable} names`);
  }
  return { keyFile, checkpointFile };
}

function readProductionLimits(reader: Reader): ProductionLimits {
  return {
    pendingEntriesMax: reader.integer('PENDING_ENTRIES_MAX', 100_000, 1, 10_000_000),
    freeDiskBytesMin: reader.integer('FREE_DISK_BYTES_MIN', 256 * MIB, 0, Number.MAX_SAFE_INTEGER),
    clockJumpMsMax: reader.integer('CLOCK_JUMP_MAX_MS', 10_000, 100, INTERVAL_MS_MAX),
  };
}

function readChainDefaults(reader: Reader): ChainDefaults {
  const policy = reader.oneOf('WALLET_POLICY', POLICIES, 'open');
  const decimals = reader.integer('TOKEN_DECIMALS', 18, 0, DECIMALS_MAX);
  const wallet = (name: string): string | undefined =>
    reader.optional(name, WALLET_EXPECTED[policy], (text) => (isWalletName(text, policy) ? text : undefined));
  return {
    token: {
      symbol: reader.parsed('TOKEN_SYMBOL', 'AKA', 'must be 1 to 32 characters', (text) =>
        isSymbol(text) ? text : undefined,
      ),
      decimals,
      feeRate: reader.parsed(
        'FEE_RATE',
        '0.00005',
        'must be a decimal from 0 up to but not including 1, in shortest form',
        (text) => (parseRate(text) === undefined ? undefined : text),
      ),
      feeWallet: wallet('FEE_WALLET'),
      feeDisposition: reader.oneOf('FEE_DISPOSITION', DISPOSITIONS, 'collect'),
      policy,
      allocations: reader.allocations(policy, decimals),
      issuer: wallet('WALLET_ISSUER'),
      schedule: readSchedule(reader, ''),
    },
    information: { schedule: readSchedule(reader, 'INFORMATION_') },
  };
}

/** The two chains of a producer without CHAINS. */
function readPair(reader: Reader, { token, information }: ChainDefaults): readonly ChainSettings[] {
  const name = reader.matching('TOKEN_NAME', CHAIN_NAME, 'aka', CHAIN_NAME_EXPECTED);
  if (name === INFORMATION_CHAIN) {
    reader.wrong('TOKEN_NAME', `must not be ${INFORMATION_CHAIN}: that is the other chain's name`);
  }
  const { policy, issuer, allocations: items, feeRate, ...rest } = token;
  const allocations = readAllocations(items, policy, token.decimals);
  const wallets = { policy, issuer, allocations: 'errors' in allocations ? [] : allocations };
  return [
    { kind: 'token', name, ...rest, feeRate: parseRate(feeRate) as Rate, wallets },
    { kind: 'information', name: INFORMATION_CHAIN, ...information },
  ];
}

/** The information chain's name. */
export const INFORMATION_CHAIN = 'information';

function readFollower(reader: Reader): FollowerConfig {
  const node = readNode(reader, 'follower', 5001);
  const hex =
    'must be 64 lower-case hex digits, or several such values separated by commas, without duplicates';
  const pinned = readChainIds(reader, hex);
  if (pinned.chainIds.length > node.chainsMax) {
    reader.wrong('CHAIN_ID', `must not name more chains than CHAINS_MAX (${node.chainsMax})`);
  }
  const privateChain = readPrivateChain(reader, node);
  const witness = readWitness(reader, [
    node.databaseFile,
    privateChain?.keyFile,
    privateChain?.checkpointFile,
  ]);
  const ownKeys = {
    ...(privateChain === undefined ? {} : { PRIVATE_CHAIN_KEY_FILE: privateChain.keyFile }),
    ...(witness === undefined ? {} : { WITNESS_KEY_FILE: witness.keyFile }),
  };
  const files = { DATABASE_URL: node.databaseFile, ...ownKeys };
  checkTokensFile(reader, node.tokensFile, { ...files, CHECKPOINT_FILE: privateChain?.checkpointFile });
  return {
    role: 'follower',
    ...node,
    staticDir: readStaticDir(reader, { ...files, API_TOKENS_FILE: node.tokensFile }),
    producerUrls: reader.list(
      'PRODUCER_URL',
      'must be an http or https URL without a user or a query, for static files with static: before it, or several ' +
        'separated by commas, without duplicates (%2C for a comma within a URL)',
      parseUpstream,
    ) ?? ['http://127.0.0.1:5000'],
    ...pinned,
    producerPublicKeys: reader.list('PRODUCER_PUBLIC_KEY', hex, parsePublicKey) ?? [],
    privateChain,
    witness,
    policy: reader.file('WITNESSES', readPolicy),
    compareIntervalMs: reader.integer('COMPARE_INTERVAL_MS', 5000, 10, INTERVAL_MS_MAX),
    syncIntervalMs: reader.integer('SYNC_INTERVAL_MS', 1000, 10, INTERVAL_MS_MAX),
    syncTimeoutMs: reader.integer('SYNC_TIMEOUT_MS', 30_000, 100, INTERVAL_MS_MAX),
  };
}

/** A comma after a single id makes it a list of one. */
function readChainIds(reader: Reader, hex: string): Pick<FollowerConfig, 'chainIds' | 'isChainList'> {
  let isChainList = false;
  const chainIds = reader.optional('CHAIN_ID', `${hex}; a comma may follow the last one`, (text) => {
    isChainList = text.includes(',');
    return parseList(text.replace(/,$/, ''), parseHash);
  });
  return { chainIds: chainIds ?? [], isChainList };
}

/** @param others by variable: files that must not be in a folder which everybody may read */
function readStaticDir(reader: Reader, others: OtherFiles): string | undefined {
  const name = 'STATIC_DIR';
  const folder = reader.optional(name, 'must be the path of a folder', (text) => path.resolve(text));
  if (folder === undefined) return undefined;
  for (const [variable, file] of Object.entries(others)) {
    if (file === undefined || !isInside(path.resolve(file), folder)) continue;
    reader.wrong(name, `must not contain the file that ${variable} names: everything in it is published`);
  }
  return folder;
}

/** @param others files that must not be the key's */
function readWitness(reader: Reader, others: readonly (string | undefined)[]): WitnessConfig | undefined {
  const expected = `must be the name of a key, such as witness.example.org/w1: at most ${COSIGNER_NAME_BYTES_MAX} bytes, without spaces and +`;
  const name = reader.optional('WITNESS_NAME', expected, (text) => (isCosignerName(text) ? text : undefined));
  const keyFile = reader.text('WITNESS_KEY_FILE', './data/witness-key.pem');
  const logs = reader.file('WITNESS_LOGS', readLogs);
  if (name === undefined) {
    if (logs !== undefined) reader.wrong('WITNESS_LOGS', 'requires WITNESS_NAME');
    return undefined;
  }
  if (others.some((file) => file !== undefined && isSameFile(file, keyFile))) {
    const names = 'DATABASE_URL, PRIVATE_CHAIN_KEY_FILE or CHECKPOINT_FILE';
    reader.wrong('WITNESS_KEY_FILE', `must not be the file that ${names} names`);
  }
  return { name, keyFile, logs: logs ?? [] };
}

function isCosignerName(name: string): boolean {
  return isKeyName(name) && Buffer.byteLength(name) <= COSIGNER_NAME_BYTES_MAX;
}

/** A policy of C2SP tlog-policy. */
function readPolicy(text: string): Policy | string {
  const policy = parsePolicy(text);
  if (typeof policy === 'string') return policy;
  const { witnesses } = policy;
  if (witnesses.length > COSIGNATURES_MAX) return `at most ${COSIGNATURES_MAX} witnesses may be listed`;
  const long = witnesses.find(({ key }) => !isCosignerName(key.name));
  if (long !== undefined) {
    return `the witness ${long.name} must have a key whose name is at most ${COSIGNER_NAME_BYTES_MAX} bytes long`;
  }
  const urls = witnesses.map(({ url }) => url && parseUrl(url));
  const wrong = witnesses.find(({ url }, place) => url !== undefined && urls[place] === undefined);
  if (wrong !== undefined)
    return `the witness ${wrong.name} must have an http or https URL without a user or a query`;
  return { ...policy, witnesses: witnesses.map((each, place) => ({ ...each, url: urls[place] })) };
}

/** Verifier keys of logs, one a line; empty lines and those that begin with # are ignored. */
function readLogs(text: string): readonly VerifierKey[] | string {
  const logs: VerifierKey[] = [];
  for (const [place, line] of text.split('\n').entries()) {
    const item = line.trim();
    if (item === '' || item.startsWith('#')) continue;
    const key = parseVerifierKey(item);
    if (key?.type !== ED25519) return `line ${place + 1} must be the verifier key of a log (type 0x01)`;
    logs.push(key);
  }
  return logs;
}

function isSameFile(file: string, other: string): boolean {
  return path.resolve(file) === path.resolve(other);
}

function readPrivateChain(reader: Reader, node: NodeConfig): PrivateChainConfig | undefined {
  const schedule = readSchedule(reader, 'INFORMATION_');
  const limits = readProductionLimits(reader);
  const name = reader.optional('PRIVATE_CHAIN', CHAIN_NAME_EXPECTED, (text) =>
    CHAIN_NAME.test(text) ? text : undefined,
  );
  if (name === undefined) return undefined;
  const sealing = readSealing(reader, node, 'PRIVATE_CHAIN_KEY_FILE', './data/private-chain-key.pem');
  return { ...sealing, settings: { kind: 'information', name, schedule }, ...limits };
}

function readNode(reader: Reader, role: Config['role'], port: number): NodeConfig {
  const corsOrigins = reader.optional(
    'CORS_ORIGIN',
    'must be * or origins such as https://example.org, separated by commas',
    parseOrigins,
  );
  const corsWrite = reader.flag('CORS_WRITE');
  if (corsWrite && corsOrigins === undefined) {
    reader.wrong('CORS_WRITE', 'requires CORS_ORIGIN: the origins whose pages may write');
  }
  return {
    host: reader.text('HOST', '127.0.0.1'),
    port: reader.integer('PORT', port, 0, 65_535),
    databaseFile: reader.databaseFile(`./data/${role}.db`),
    chainsMax: reader.integer('CHAINS_MAX', 256, 1, CHAINS_MAX_MAX),
    apiToken: reader.optional('API_TOKEN', 'must be at least 16 characters without spaces', (text) =>
      /^[\x21-\x7e]{16,}$/.test(text) ? text : undefined,
    ),
    tokensFile: readTokensFile(reader, role),
    rateLimitPerMinute: reader.optionalInteger('RATE_LIMIT_PER_MINUTE', 1, 1_000_000_000),
    corsOrigins,
    corsWrite,
    allowedHosts:
      reader.optional(
        'ALLOWED_HOSTS',
        'must be * or host names such as ledger.example.org, separated by commas',
        parseHosts,
      ) ?? [],
    reportPrivateNodes: reader.flag('REPORT_PRIVATE_NODES'),
    logLevel: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    logFormat: reader.oneOf('LOG_FORMAT', LOG_FORMATS, 'json'),
    ...readEdge(reader),
  };
}

/** A teaching node has no scopes. */
function readTokensFile(reader: Reader, role: Config['role']): string | undefined {
  const name = 'API_TOKENS_FILE';
  if (role !== 'producer' && role !== 'follower') {
    reader.refuse(name, 'is for ROLE=producer and ROLE=follower: set API_TOKEN');
    return undefined;
  }
  return reader.optional(name, 'must be a path', (text) => text);
}

/** The tokens file must be a file of its own, and is not for everybody's eyes. */
function checkTokensFile(reader: Reader, tokensFile: string | undefined, others: OtherFiles): void {
  if (tokensFile === undefined) return;
  for (const [variable, file] of Object.entries(others)) {
    if (file === undefined || !isSameFile(tokensFile, file)) continue;
    reader.wrong('API_TOKENS_FILE', `must not be the file that ${variable} names`);
  }
}

/** Files by the variable that names them. */
type OtherFiles = Readonly<Record<string, string | undefined>>;

type EdgeConfig = Pick<
  NodeConfig,
  | 'bodyBytesMax'
  | 'batchBodyBytesMax'
  | 'bodyBytesInFlightMax'
  | 'connectionsMax'
  | 'clientSilenceMs'
  | 'requestTimeoutMs'
>;

/** Limits on what clients can make this node hold in memory, and for how long. */
function readEdge(reader: Reader): EdgeConfig {
  const bodyBytesMax = reader.integer('BODY_BYTES_MAX', MIB, 1024, 64 * MIB);
  const batchBodyBytesMax = reader.integer('BATCH_BODY_BYTES_MAX', 8 * MIB, 1024, 256 * MIB);
  const largest = Math.max(bodyBytesMax, batchBodyBytesMax);
  const bodyBytesInFlightMax = reader.integer(
    'BODY_BYTES_IN_FLIGHT_MAX',
    Math.max(64 * MIB, largest),
    1024,
    Number.MAX_SAFE_INTEGER,
  );
  if (bodyBytesInFlightMax < largest) {
    reader.wrong(
      'BODY_BYTES_IN_FLIGHT_MAX',
      `must be at least BODY_BYTES_MAX and BATCH_BODY_BYTES_MAX (${largest})`,
    );
  }
  const requestTimeoutMs = reader.integer('REQUEST_TIMEOUT_MS', 60_000, 100, INTERVAL_MS_MAX);
  const silenceMs = Math.min(30_000, requestTimeoutMs);
  const clientSilenceMs = reader.integer('CLIENT_SILENCE_MS', silenceMs, 100, INTERVAL_MS_MAX);
  if (clientSilenceMs > requestTimeoutMs) {
    reader.wrong('CLIENT_SILENCE_MS', `must be at most REQUEST_TIMEOUT_MS (${requestTimeoutMs})`);
  }
  return {
    bodyBytesMax,
    batchBodyBytesMax,
    bodyBytesInFlightMax,
    connectionsMax: reader.integer('CONNECTIONS_MAX', 4096, 16, 1_000_000),
    clientSilenceMs,
    requestTimeoutMs,
  };
}

/** The empty string means null: no interval or no count. */
function readSchedule(reader: Reader, prefix: '' | 'INFORMATION_'): Schedule {
  return {
    intervalMs: reader.integerOrNull(`${prefix}BLOCK_INTERVAL_MS`, 10_000, 1, INTERVAL_MS_MAX),
    maxEntries: reader.integerOrNull(`${prefix}BLOCK_MAX_ENTRIES`, 1000, 1, BLOCK_ENTRIES_MAX),
    sealEmpty: reader.flag(`${prefix}SEAL_EMPTY`),
  };
}

/** A node's URL or, after `static:`, that of static files. */
function parseUpstream(text: string): string | undefined {
  if (!isStaticUrl(text)) return parseUrl(text);
  const url = parseUrl(withoutStatic(text));
  return url === undefined ? undefined : staticUrl(url);
}

/** Parses values separated by commas, without duplicates or empty values. */
function parseList<T>(text: string, parse: (item: string) => T | undefined): readonly T[] | undefined {
  const items = text.split(',').map((item) => parse(item.trim()));
  const found = items.filter((item): item is NonNullable<typeof item> => item !== undefined);
  return found.length === items.length && new Set(found).size === items.length ? found : undefined;
}

/** Parses an http(s) URL, and removes trailing slashes. */
function parseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.search !== '' || url.hash !== '') return undefined;
  // URLs appear in answers and logs, so they must not contain a password.
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** `*`, or origins separated by commas. */
function parseOrigins(text: string): readonly string[] | undefined {
  const origins = text.split(',').map((origin) => origin.trim());
  if (text === '*') return origins;
  return origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)
    ? origins
    : undefined;
}

/** `*`, or host names separated by commas. */
function parseHosts(text: string): readonly string[] | undefined {
  const hosts = text.split(',').map((host) => host.trim());
  if (hosts.includes('*')) return ['*'];
  return hosts.every((host) => parseHost(host) !== undefined) ? hosts : undefined;
}

/** Variables of other commands and roles: allowed, although this role doesn't read them. */
// prettier-ignore
const ELSEWHERE = [
  'ROLE', 'PRODUCER_KEY_FILE', 'PRODUCER_URL', 'CHAIN_ID', 'PRODUCER_PUBLIC_KEY', 'SYNC_INTERVAL_MS',
  'SYNC_TIMEOUT_MS', 'TOKEN_NAME', 'TOKEN_SYMBOL', 'TOKEN_DECIMALS', 'FEE_RATE', 'FEE_WALLET', 'FEE_DISPOSITION',
  'WALLET_POLICY', 'WALLET_ALLOCATIONS', 'WALLET_ISSUER', 'BLOCK_INTERVAL_MS', 'BLOCK_MAX_ENTRIES', 'SEAL_EMPTY', 'INFORMATION_BLOCK_INTERVAL_MS',
  'INFORMATION_BLOCK_MAX_ENTRIES', 'INFORMATION_SEAL_EMPTY', 'PENDING_ENTRIES_MAX', 'FREE_DISK_BYTES_MIN',
  'CLOCK_JUMP_MAX_MS',
  'POW_ZEROS', 'POS_ROUND_MS', 'TCP_PORT',
  'CHAINS', 'PRIVATE_CHAIN', 'PRIVATE_CHAIN_KEY_FILE', 'CHECKPOINT_FILE', 'STATIC_DIR',
  'WITNESS_NAME', 'WITNESS_KEY_FILE', 'WITNESS_LOGS', 'WITNESSES', 'COMPARE_INTERVAL_MS',
  'API_TOKENS_FILE', 'AUDIT_CHAIN',
];

class Reader {
  private readonly problems: string[] = [];
  private readonly names = new Set<string>(ELSEWHERE);

  constructor(private readonly env: Environment) {}

  /** An empty value counts as unset, as in most programs. */
  private value(name: string): string | undefined {
    this.names.add(name);
    const value = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** Refuses a variable of another role that would be missed if it were ignored. */
  refuse(name: string, reason: string): void {
    if (this.value(name) !== undefined) this.wrong(name, reason);
  }

  wrong(name: string, expected: string): void {
    const found = SECRETS.has(name) ? '' : ` (found ${JSON.stringify(this.env[name])})`;
    this.problems.push(`${name} ${expected}${found}`);
  }

  text(name: string, fallback: string): string {
    return this.value(name) ?? fallback;
  }

  /** @param fallback text as well, which must parse */
  parsed<T>(name: string, fallback: string, expected: string, parse: (text: string) => T | undefined): T {
    const parsed = parse(this.value(name) ?? fallback);
    if (parsed !== undefined) return parsed;
    this.wrong(name, expected);
    return parse(fallback) as T;
  }

  optional<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.wrong(name, expected);
    return parsed;
  }

  /** Values separated by commas, without duplicates or empty values. */
  list<T>(name: string, expected: string, parse: (text: string) => T | undefined): readonly T[] | undefined {
    return this.optional(name, expected, (text) => parseList(text, parse));
  }

  matching(name: string, pattern: RegExp, fallback: string, expected: string): string {
    return this.parsed(name, fallback, expected, (text) => (pattern.test(text) ? text : undefined));
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    return this.parsed(name, fallback, `must be one of ${choices.join(', ')}`, (text) =>
      choices.find((choice) => choice === text),
    );
  }

  flag(name: string): boolean {
    return this.oneOf(name, ['true', 'false'], 'false') === 'true';
  }

  /** What is in the file that a variable names. @param parse returns a sentence about what is wrong with the text */
  file<T extends object>(name: string, parse: (text: string) => T | string): T | undefined {
    const file = this.value(name);
    if (file === undefined) return undefined;
    try {
      const parsed = parse(readFileSync(file, 'utf8'));
      if (typeof parsed !== 'string') return parsed;
      this.problems.push(`${name} names ${file}, of which ${parsed}`);
    } catch (error) {
      this.problems.push(`${name} must be the path of a file that can be read: ${(error as Error).message}`);
    }
    return undefined;
  }

  databaseFile(fallback: string): string {
    const name = 'DATABASE_URL';
    const parsed = parseDatabaseUrl(this.value(name) ?? `file:${fallback}`);
    if (typeof parsed === 'string') return parsed;
    this.problems.push(`${name} ${parsed.wrong}`);
    return fallback;
  }

  /** WALLET_ALLOCATIONS, unparsed but checked. */
  allocations(policy: WalletPolicy, decimals: number): readonly unknown[] {
    const name = 'WALLET_ALLOCATIONS';
    const value = this.value(name);
    const items = value === undefined ? [] : readJsonArray(value, 'of {"address", "amount"}');
    if ('problems' in items) {
      for (const problem of items.problems) this.problems.push(`${name} ${problem}`);
      return [];
    }
    const read = readAllocations(items, policy, decimals);
    if (!('errors' in read)) return items;
    for (const { field, message } of read.errors) this.problems.push(`${name} ${field} ${message}`);
    return [];
  }

  /** CHAINS, if it is set. */
  chains(defaults: ChainDefaults, chainsMax: number): readonly ChainSettings[] | undefined {
    const name = 'CHAINS';
    const value = this.value(name);
    if (value === undefined) return undefined;
    const chains = readChains(value, defaults, chainsMax);
    if (!('problems' in chains)) return chains;
    for (const problem of chains.problems) this.problems.push(`${name} ${problem}`);
    return [];
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    return this.optionalInteger(name, min, max) ?? fallback;
  }

  integerOrNull(name: string, fallback: number, min: number, max: number): number | null {
    // Here, set but empty differs from unset.
    if (this.env[name]?.trim() === '') return (this.names.add(name), null);
    return this.integer(name, fallback, min, max);
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    return this.optional(name, `must be a whole number from ${min} to ${max}`, (text) => {
      const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    });
  }

  /** All variables of nodes that are set, also to nothing, which differs from unset for some. */
  set(): readonly (readonly [string, string])[] {
    return [...this.names].sort().flatMap((name) => {
      const value = this.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
  }

  finish(): void {
    for (const [name, meant] of misspelled(Object.keys(this.env), this.names)) {
      this.problems.push(`${name} is not a variable of bpsc: did you mean ${meant}?`);
    }
    if (this.problems.length === 0) return;
    throw new OperatorError(
      `the configuration is invalid:\n${this.problems.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}
