import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { addressOf } from '../chain/entry/address.js';
import type { PublicKey } from '../chain/bytes/bytes.js';
import type { FollowerConfig } from './config.js';
import { readConfig, type Environment } from './read-config.js';

const messageOf = (env: Environment): string => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

afterAll(removeTemporary);

describe('readConfig', () => {
  it('has defaults for a producer', () => {
    expect(readConfig({})).toMatchObject({
      role: 'producer',
      host: '127.0.0.1',
      port: 5000,
      databaseFile: './data/producer.db',
      chains: [
        {
          kind: 'token',
          name: 'aka',
          symbol: 'AKA',
          decimals: 18,
          feeWallet: undefined,
          wallets: { policy: 'open', allocations: [], issuer: undefined },
          feeDisposition: 'collect',
          schedule: { intervalMs: 10_000, maxEntries: 1000, sealEmpty: false },
        },
        {
          kind: 'information',
          name: 'information',
          schedule: { intervalMs: 10_000, maxEntries: 1000, sealEmpty: false },
        },
      ],
      isListed: false,
      chainsMax: 256,
      pendingEntriesMax: 100_000,
      freeDiskBytesMin: 256 * 1024 * 1024,
      bodyBytesMax: 1024 * 1024,
      batchBodyBytesMax: 8 * 1024 * 1024,
      apiToken: undefined,
      tokensFile: undefined,
      auditChain: undefined,
      rateLimitPerMinute: undefined,
    });
  });

  it('takes a checkpoint file that is neither the database nor the key, also for a private chain', () => {
    expect(readConfig({ CHECKPOINT_FILE: '/mnt/heads' })).toMatchObject({ checkpointFile: '/mnt/heads' });
    const follower = { ROLE: 'follower', PRIVATE_CHAIN: 'notes', CHECKPOINT_FILE: '/mnt/heads' };
    expect(readConfig(follower)).toMatchObject({ privateChain: { checkpointFile: '/mnt/heads' } });
    for (const [file, variable] of [
      ['data/producer.db', 'PRODUCER_KEY_FILE'],
      ['./data/producer-key.pem', 'PRODUCER_KEY_FILE'],
    ] as const) {
      expect(messageOf({ CHECKPOINT_FILE: file })).toContain(
        `CHECKPOINT_FILE must not be the file that DATABASE_URL or ${variable} names (found "${file}")`,
      );
    }
  });

  it('takes a tokens file of its own, outside what is published, on nodes of a smart blockchain', () => {
    expect(readConfig({ API_TOKENS_FILE: 'tokens.json' })).toMatchObject({ tokensFile: 'tokens.json' });
    expect(readConfig({ ROLE: 'follower', API_TOKENS_FILE: 't' })).toMatchObject({ tokensFile: 't' });
    expect(messageOf({ API_TOKENS_FILE: 'data/producer.db' })).toContain(
      'API_TOKENS_FILE must not be the file that DATABASE_URL names (found "data/producer.db")',
    );
    expect(messageOf({ API_TOKENS_FILE: 'heads', CHECKPOINT_FILE: './heads' })).toContain(
      'API_TOKENS_FILE must not be the file that CHECKPOINT_FILE names',
    );
    expect(messageOf({ API_TOKENS_FILE: 'public/tokens.json', STATIC_DIR: 'public' })).toContain(
      'STATIC_DIR must not contain the file that API_TOKENS_FILE names',
    );
    expect(messageOf({ ROLE: 'pow', API_TOKENS_FILE: 't' })).toContain(
      'API_TOKENS_FILE is for ROLE=producer and ROLE=follower: set API_TOKEN',
    );
  });

  it('takes an audit chain where there are tokens', () => {
    const env = { API_TOKENS_FILE: 't', AUDIT_CHAIN: 'information' };
    expect(readConfig(env)).toMatchObject({ auditChain: 'information' });
    expect(messageOf({ AUDIT_CHAIN: 'information' })).toContain(
      'AUDIT_CHAIN requires API_TOKEN or API_TOKENS_FILE',
    );
    expect(messageOf({ ...env, AUDIT_CHAIN: 'A b' })).toContain('AUDIT_CHAIN must');
  });

  it('makes a follower a witness by a name, with the logs of a file', () => {
    const file = path.join(temporaryFolder(), 'logs');
    const vkey =
      'bpsc/502a113683a758a556004024518041a8e0ef751d8110d034ef0b43b0cdb0348e+8177083c+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
    const env = { ROLE: 'follower', WITNESS_NAME: 'w.example/1', WITNESS_LOGS: file };
    writeFileSync(file, `# logs\n\n  ${vkey}\n`);
    expect(readConfig(env)).toMatchObject({
      witness: { name: 'w.example/1', keyFile: './data/witness-key.pem', logs: [{ type: 1 }] },
    });
    expect(readConfig({ ROLE: 'follower' })).toMatchObject({ witness: undefined });
    expect(messageOf({ ...env, WITNESS_NAME: 'a b' })).toContain('WITNESS_NAME must be the name of a key');
    expect(messageOf({ ...env, WITNESS_NAME: '' })).toContain('WITNESS_LOGS requires WITNESS_NAME');
    expect(messageOf({ ...env, WITNESS_KEY_FILE: 'data/follower.db' })).toContain(
      'WITNESS_KEY_FILE must not be the file that DATABASE_URL',
    );
    writeFileSync(file, `${vkey}\nnonsense\n`);
    expect(messageOf(env)).toContain(
      `WITNESS_LOGS names ${file}, of which line 2 must be the verifier key of a log (type 0x01)`,
    );
    expect(messageOf({ ...env, WITNESS_LOGS: '/nowhere' })).toContain(
      'WITNESS_LOGS must be the path of a file that can be read: ENOENT',
    );
  });

  it('reads a policy, of a producer and of a follower', () => {
    const file = path.join(temporaryFolder(), 'policy');
    const vkey = 'bpsc.example/follower-1+e8cb9a92+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';
    writeFileSync(file, `witness w ${vkey} http://127.0.0.1:5001/\nquorum w\n`);
    const policy = { quorum: 'w', witnesses: [{ name: 'w', url: 'http://127.0.0.1:5001' }] };
    expect(readConfig({ WITNESSES: file })).toMatchObject({ policy });
    expect(readConfig({ ROLE: 'follower', WITNESSES: file })).toMatchObject({ policy });
    expect(readConfig({})).toMatchObject({ policy: undefined });
    writeFileSync(file, `witness w ${vkey} ftp://w\nquorum w\n`);
    expect(messageOf({ WITNESSES: file })).toContain(
      `WITNESSES names ${file}, of which the witness w must have an http or https URL without a user or a query`,
    );
    writeFileSync(file, 'quorum w');
    expect(messageOf({ WITNESSES: file })).toContain(
      'of which line 1 names w, which no line before it defines',
    );
  });

  it('has defaults for a follower, and no key', () => {
    const config = readConfig({ ROLE: 'follower', PRODUCER_KEY_FILE: 'key.pem' });
    expect(config).toMatchObject({
      role: 'follower',
      port: 5001,
      databaseFile: './data/follower.db',
      producerUrls: ['http://127.0.0.1:5000'],
      syncIntervalMs: 1000,
    });
    expect(JSON.stringify(config)).not.toContain('key.pem');
  });

  it('has a key for a follower only if that has a chain of its own', () => {
    const env = { ROLE: 'follower', PRIVATE_CHAIN_KEY_FILE: './k.pem', INFORMATION_BLOCK_MAX_ENTRIES: '5' };
    expect((readConfig(env) as FollowerConfig).privateChain).toBeUndefined();
    expect((readConfig({ ...env, PRIVATE_CHAIN: 'notes' }) as FollowerConfig).privateChain).toMatchObject({
      keyFile: './k.pem',
      settings: { kind: 'information', name: 'notes', schedule: { maxEntries: 5 } },
    });
    expect(messageOf({ ROLE: 'follower', PRIVATE_CHAIN: 'My notes' })).toContain(
      'PRIVATE_CHAIN must begin with',
    );
    expect(
      messageOf({ ROLE: 'follower', PRIVATE_CHAIN: 'notes', PRIVATE_CHAIN_KEY_FILE: './data/follower.db' }),
    ).toContain('PRIVATE_CHAIN_KEY_FILE must not be the file that DATABASE_URL names');
  });

  it('has the defaults of the original programs for the teaching chains', () => {
    const host = '127.0.0.1';
    expect(readConfig({ ROLE: 'pow' })).toMatchObject({
      role: 'pow',
      host,
      port: 5000,
      databaseFile: './data/pow.db',
      zeros: 4,
    });
    expect(readConfig({ ROLE: 'pyverse' })).toMatchObject({ port: 5000, zeros: 2 });
    expect(readConfig({ ROLE: 'pyverse-client' })).toMatchObject({ host, port: 8080 });
    expect(readConfig({ ROLE: 'pos' })).toMatchObject({ host, tcpPort: 9090, roundMs: 10_000 });
    expect(readConfig({ ROLE: 'classroom' })).toMatchObject({ host, port: 4000 });
  });

  it.each([
    ['pow', 'POW_ZEROS', '0', 'POW_ZEROS must be a whole number from 1 to 16 (found "0")'],
    ['pos', 'TCP_PORT', '65536', 'TCP_PORT must be a whole number from 0 to 65535'],
    ['pos', 'POS_ROUND_MS', '99', 'POS_ROUND_MS must be a whole number from 100 to'],
    ['pow', 'POW_ZERO', '3', 'did you mean POW_ZEROS?'],
  ])('reports what is wrong for %s: %s=%s', (role, name, value, expected) => {
    expect(messageOf({ ROLE: role, [name]: value })).toContain(expected);
  });

  it('takes the empty string as null for an interval or a count', () => {
    const config = readConfig({ BLOCK_INTERVAL_MS: '', INFORMATION_BLOCK_MAX_ENTRIES: '' });
    expect(config).toMatchObject({
      chains: [
        { schedule: { intervalMs: null, maxEntries: 1000 } },
        { schedule: { intervalMs: 10_000, maxEntries: null } },
      ],
    });
  });

  it.each([
    [
      'ROLE',
      'leader',
      'ROLE must be one of producer, follower, pow, pyverse, pyverse-client, pos, classroom (found "leader")',
    ],
    ['PORT', '70000', 'PORT must be a whole number from 0 to 65535 (found "70000")'],
    ['PORT', '5e3', 'PORT must be a whole number from 0 to 65535 (found "5e3")'],
    ['DATABASE_URL', 'postgres://x', 'DATABASE_URL must be file: and a path'],
    ['FEE_RATE', '1', 'FEE_RATE must be a decimal from 0 up to but not including 1'],
    ['FEE_RATE', '5e-5', 'FEE_RATE must be a decimal from 0 up to but not including 1'],
    ['TOKEN_DECIMALS', '19', 'TOKEN_DECIMALS must be a whole number from 0 to 18'],
    ['TOKEN_NAME', 'AKA', 'TOKEN_NAME must begin with a-z'],
    ['TOKEN_NAME', 'information', 'TOKEN_NAME must not be information'],
    ['BLOCK_MAX_ENTRIES', '0', 'BLOCK_MAX_ENTRIES must be a whole number from 1 to 10000'],
    ['SEAL_EMPTY', 'yes', 'SEAL_EMPTY must be one of true, false'],
    ['CORS_ORIGIN', 'example.org', 'CORS_ORIGIN must be * or origins'],
    ['CORS_WRITE', 'true', 'CORS_WRITE requires CORS_ORIGIN'],
    ['ALLOWED_HOSTS', 'https://example.org', 'ALLOWED_HOSTS must be * or host names'],
    ['ALLOWED_HOSTS', 'a.example,,b.example', 'ALLOWED_HOSTS must be * or host names'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of'],
  ])('reports an invalid %s', (name, value, expected) => {
    expect(messageOf({ [name]: value })).toContain(expected);
  });

  it('reads the origins that may read and write, and the allowed host names', () => {
    expect(readConfig({})).toMatchObject({ corsOrigins: undefined, corsWrite: false, allowedHosts: [] });
    const env = {
      CORS_ORIGIN: 'https://a.example, http://localhost:3000',
      CORS_WRITE: 'true',
      ALLOWED_HOSTS: 'ledger.example.org, producer:5000',
    };
    expect(readConfig(env)).toMatchObject({
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      corsWrite: true,
      allowedHosts: ['ledger.example.org', 'producer:5000'],
    });
    expect(readConfig({ ALLOWED_HOSTS: 'a.example, *' })).toMatchObject({ allowedHosts: ['*'] });
  });

  describe('wallets', () => {
    const mistyped = 'bp1qpev6m5yytzq07mdpxrfpugnpd776lkz7u5qm48q';
    const [holder, other] = ['01', '02'].map((seed) => addressOf(seed.repeat(32) as PublicKey)) as [
      string,
      string,
    ];
    const signed = { WALLET_POLICY: 'signed', WALLET_ISSUER: holder, TOKEN_DECIMALS: '2' };

    it('are read from JSON, with amounts as people write them', () => {
      const allocations = JSON.stringify([
        { address: holder, amount: '1000.50' },
        { address: other, amount: 7 },
      ]);
      expect(readConfig({ ...signed, WALLET_ALLOCATIONS: allocations })).toMatchObject({
        chains: [
          {
            feeWallet: undefined,
            wallets: {
              policy: 'signed',
              issuer: holder,
              allocations: [
                { address: holder, amount: 100_050n },
                { address: other, amount: 700n },
              ],
            },
          },
          {},
        ],
      });
    });

    it('are read from a file', () => {
      const file = path.join(temporaryFolder(), 'allocations.json');
      writeFileSync(file, JSON.stringify([{ address: holder, amount: '1' }]));
      expect(readConfig({ ...signed, WALLET_ALLOCATIONS: file })).toMatchObject({
        chains: [{ wallets: { allocations: [{ address: holder, amount: 100n }] } }, {}],
      });
    });

    it.each([
      [{ WALLET_POLICY: 'closed' }, 'WALLET_POLICY must be one of open, signed'],
      [{ ...signed, WALLET_ISSUER: 'bank' }, "WALLET_ISSUER must be a wallet's address"],
      [{ ...signed, FEE_WALLET: 'bpsc_wallet_address' }, "FEE_WALLET must be a wallet's address"],
      [
        { ...signed, WALLET_ALLOCATIONS: 'no-such-file.json' },
        'WALLET_ALLOCATIONS must be a JSON array of {"address", "amount"}, or the path',
      ],
      [{ ...signed, WALLET_ALLOCATIONS: '[{]' }, 'WALLET_ALLOCATIONS is not valid JSON'],
      [
        { ...signed, WALLET_ALLOCATIONS: '[{"address":"bob","amount":"1"}]' },
        'WALLET_ALLOCATIONS [0].address must be',
      ],
      [
        { ...signed, WALLET_ALLOCATIONS: `[{"address":"${holder}","amount":"1.234"}]` },
        'WALLET_ALLOCATIONS [0].amount must have at most 2 decimals, the token\'s maximum (found "1.234")',
      ],
      [
        { ...signed, WALLET_ALLOCATIONS: `[{"address":"${holder}","amount":"0"}]` },
        'WALLET_ALLOCATIONS [0].amount must be above zero (found "0")',
      ],
      [
        {
          ...signed,
          WALLET_ALLOCATIONS: `[{"address":"${holder}","amount":"1"},{"address":"${holder}","amount":"1"}]`,
        },
        'WALLET_ALLOCATIONS [1].address must be a wallet that is not already listed',
      ],
      [
        { ...signed, WALLET_ALLOCATIONS: `[{"address":"${holder}","amount":12345678901234567890}]` },
        'WALLET_ALLOCATIONS [0].amount has more digits than a JSON number can hold: write it as a string',
      ],
      [
        { ...signed, WALLET_ALLOCATIONS: `[{"address":"${holder}"},{"amount":1,"x":1},7]` },
        'WALLET_ALLOCATIONS [0].amount is missing\n  WALLET_ALLOCATIONS [1].address is missing\n' +
          '  WALLET_ALLOCATIONS [2] must be {"address", "amount"}',
      ],
      [{ ...signed, WALLET_ISSUER: mistyped }, 'WALLET_ISSUER must be'],
    ])('are refused: %o', (env, expected) => {
      expect(messageOf(env)).toContain(expected);
    });
  });

  describe('CHAINS', () => {
    const read = (chains: unknown, env: Environment = {}): unknown => {
      const config = readConfig({ ...env, CHAINS: JSON.stringify(chains) });
      return config.role === 'producer' ? { isListed: config.isListed, chains: config.chains } : undefined;
    };
    const gold = { kind: 'token', name: 'gold' };
    const notes = { kind: 'information', name: 'notes' };

    it('lists chains, each with the variables as defaults for omitted fields', () => {
      const env = {
        FEE_RATE: '0.01',
        BLOCK_INTERVAL_MS: '',
        INFORMATION_SEAL_EMPTY: 'true',
        TOKEN_NAME: 'unused',
      };
      const silver = {
        kind: 'token',
        name: 'silver',
        symbol: 'SLV',
        decimals: 2,
        fee: { rate: '0.5', wallet: 'mint', disposition: 'burn' },
        wallets: { policy: 'open', allocations: [{ address: 'alice', amount: 7.5 }], issuer: 'mint' },
        schedule: { interval_ms: 500, max_entries: null, seal_empty: true },
      };
      expect(read([gold, silver, notes], env)).toEqual({
        isListed: true,
        chains: [
          {
            kind: 'token',
            name: 'gold',
            symbol: 'AKA',
            decimals: 18,
            feeRate: 10n ** 16n,
            feeWallet: undefined,
            feeDisposition: 'collect',
            wallets: { policy: 'open', allocations: [], issuer: undefined },
            schedule: { intervalMs: null, maxEntries: 1000, sealEmpty: false },
          },
          {
            kind: 'token',
            name: 'silver',
            symbol: 'SLV',
            decimals: 2,
            feeRate: 5n * 10n ** 17n,
            feeWallet: 'mint',
            feeDisposition: 'burn',
            wallets: { policy: 'open', allocations: [{ address: 'alice', amount: 750n }], issuer: 'mint' },
            schedule: { intervalMs: 500, maxEntries: null, sealEmpty: true },
          },
          {
            kind: 'information',
            name: 'notes',
            schedule: { intervalMs: 10_000, maxEntries: 1000, sealEmpty: true },
          },
        ],
      });
    });

    it('may be a file', () => {
      const file = path.join(temporaryFolder(), 'chains.json');
      writeFileSync(file, JSON.stringify([gold]));
      expect(readConfig({ CHAINS: file })).toMatchObject({ isListed: true, chains: [{ name: 'gold' }] });
    });

    it('reads the variables’ allocations with the decimals of each chain', () => {
      const env = { WALLET_ALLOCATIONS: '[{"address":"alice","amount":"1.5"}]' };
      const allocations = [{ address: 'alice', amount: 15n }];
      expect(read([{ ...gold, decimals: 1 }], env)).toMatchObject({ chains: [{ wallets: { allocations } }] });
      expect(messageOf({ ...env, CHAINS: JSON.stringify([{ ...gold, decimals: 0 }]) })).toContain(
        'CHAINS [0].wallets.allocations[0].amount must have at most 0 decimals',
      );
    });

    it.each([
      ['invalid JSON', '[{]', 'CHAINS is not valid JSON'],
      [
        'a missing file',
        'no-such.json',
        'CHAINS must be a JSON array of chains, or the path of a file with one: ENOENT',
      ],
      ['an object', JSON.stringify(gold), 'CHAINS must be a JSON array of chains'],
      ['none', '[]', 'CHAINS must have at least one chain'],
      ['a number', '[7]', 'CHAINS [0] must be an object'],
      ['no kind', '[{"name":"gold"}]', 'CHAINS [0].kind is missing'],
      ['another kind', '[{"kind":"nft","name":"gold"}]', 'CHAINS [0].kind must be "token" or "information"'],
      ['no name', '[{"kind":"token"}]', 'CHAINS [0].name is missing'],
      ['a wrong name', '[{"kind":"token","name":"Gold"}]', 'CHAINS [0].name must begin with a-z'],
      [
        'an unknown field',
        JSON.stringify([{ ...gold, fees: {} }]),
        'CHAINS [0].fees is not a field of a chain: here, the fields are kind, name, symbol, decimals, wallets, fee, schedule',
      ],
      [
        'a field of Object',
        '[{"kind":"token","name":"gold","constructor":1}]',
        'CHAINS [0].constructor is not a field',
      ],
      [
        'a token’s field',
        JSON.stringify([{ ...notes, decimals: 2 }]),
        'CHAINS [0].decimals is not a field of a chain: here, the fields are kind, name, schedule',
      ],
      [
        'an unknown field of the fee',
        JSON.stringify([{ ...gold, fee: { percent: 1 } }]),
        'CHAINS [0].fee.percent is not a field of a chain: here, the fields are rate, wallet, disposition',
      ],
      [
        'a wrong fee',
        JSON.stringify([{ ...gold, fee: { rate: 0.5 } }]),
        'CHAINS [0].fee.rate must be a decimal string',
      ],
      [
        'a wrong schedule',
        JSON.stringify([{ ...gold, schedule: 7 }]),
        'CHAINS [0].schedule must be an object',
      ],
      [
        'a wrong count',
        JSON.stringify([{ ...gold, schedule: { max_entries: 0 } }]),
        'CHAINS [0].schedule.max_entries must be null or',
      ],
      [
        'a duplicate name',
        JSON.stringify([gold, { ...notes, name: 'gold' }]),
        'CHAINS [1].name must differ from [0].name: both are gold',
      ],
    ])('is refused with %s', (_what, chains, expected) => {
      expect(messageOf({ CHAINS: chains })).toContain(expected);
    });

    it('reports all problems, and has a limit', () => {
      const message = messageOf({
        CHAINS: JSON.stringify([{ ...gold, decimals: 19, symbol: '' }, { kind: 7 }]),
      });
      for (const field of ['[0].decimals', '[0].symbol', '[1].kind', '[1].name'])
        expect(message).toContain(field);
      expect(messageOf({ CHAINS_MAX: '1', CHAINS: JSON.stringify([gold, notes]) })).toContain(
        'CHAINS has 2 chains: CHAINS_MAX allows 1',
      );
    });
  });

  it('takes several upstreams and pins of a follower, separated by commas', () => {
    const [a, b] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const env = { ROLE: 'follower', PRODUCER_URL: 'http://a/x%2Cy/, https://b', CHAIN_ID: `${a},${b}` };
    expect(readConfig({ ...env, PRODUCER_PUBLIC_KEY: b })).toMatchObject({
      producerUrls: ['http://a/x%2Cy', 'https://b'],
      chainIds: [a, b],
      producerPublicKeys: [b],
    });
    for (const wrong of [`${a},,`, `,${a}`, ',', `${a},x,`]) {
      expect(messageOf({ ROLE: 'follower', CHAIN_ID: wrong })).toContain(
        'CHAIN_ID must be 64 lower-case hex',
      );
    }
    expect(messageOf({ ROLE: 'follower', PRODUCER_PUBLIC_KEY: `${a},${a}` })).toContain('without duplicates');
    expect(messageOf({ ...env, CHAINS_MAX: '1' })).toContain(
      'CHAIN_ID must not name more chains than CHAINS_MAX',
    );
  });

  it('refuses PRIVATE_CHAIN on a producer, which would ignore it', () => {
    expect(messageOf({ PRIVATE_CHAIN: 'notes' })).toContain('PRIVATE_CHAIN is for ROLE=follower');
    expect(messageOf({ PRIVATE_CHAIN: '' })).toBe('accepted');
    expect(messageOf({ ROLE: 'follower', PRIVATE_CHAIN: 'notes' })).toBe('accepted');
  });

  it('takes a comma after a single CHAIN_ID as a list of one', () => {
    const id = 'ab'.repeat(32);
    const pinsOf = (value?: string) => {
      const { chainIds, isChainList } = readConfig({ ROLE: 'follower', CHAIN_ID: value }) as FollowerConfig;
      return { chainIds, isChainList };
    };
    expect(pinsOf(id)).toEqual({ chainIds: [id], isChainList: false });
    expect(pinsOf(`${id},`)).toEqual({ chainIds: [id], isChainList: true });
    expect(pinsOf(` ${id} , `)).toEqual({ chainIds: [id], isChainList: true });
    expect(pinsOf(`${id},${'cd'.repeat(32)},`)).toMatchObject({ isChainList: true });
    expect(pinsOf()).toEqual({ chainIds: [], isChainList: false });
  });

  it.each([
    'ftp://a',
    'localhost:5000',
    'http://user:secret@a',
    'http://a?b',
    'http://a,',
    'http://a,http://a/',
  ])('refuses %s as PRODUCER_URL', (url) => {
    expect(messageOf({ ROLE: 'follower', PRODUCER_URL: url })).toContain(
      'PRODUCER_URL must be an http or https URL',
    );
  });

  it.each([
    [{ STATIC_DIR: './data' }, 'DATABASE_URL'],
    [{ STATIC_DIR: '.' }, 'DATABASE_URL'],
    [{ STATIC_DIR: '/keys', PRODUCER_KEY_FILE: '/keys/a.pem' }, 'PRODUCER_KEY_FILE'],
    [
      {
        ROLE: 'follower',
        STATIC_DIR: '/keys',
        PRIVATE_CHAIN: 'notes',
        PRIVATE_CHAIN_KEY_FILE: '/keys/a/b.pem',
      },
      'PRIVATE_CHAIN_KEY_FILE',
    ],
  ])('refuses to publish the database or a key: %j', (env, variable) => {
    expect(messageOf(env)).toContain(
      `STATIC_DIR must not contain the file that ${variable} names: everything in it is published`,
    );
  });

  it('takes STATIC_DIR beside them, relative to where the node is started', () => {
    expect(messageOf({ STATIC_DIR: './public' })).toBe('accepted');
    expect(readConfig({ STATIC_DIR: 'data/public' })).toMatchObject({
      staticDir: path.resolve('data/public'),
    });
    expect(readConfig({ ROLE: 'follower' })).toMatchObject({ staticDir: undefined });
  });

  it('never shows the API token', () => {
    expect(messageOf({ API_TOKEN: 'short secret' })).toMatch(/API_TOKEN must be at least 16 characters/);
    expect(messageOf({ API_TOKEN: 'short secret' })).not.toContain('short secret');
  });

  it('reports all problems in one error', () => {
    const message = messageOf({ PORT: 'x', FEE_RATE: 'x', BLOCK_INTERVAL: '5' });
    expect(message.split('\n')).toHaveLength(4);
  });

  it.each([
    ['PRODUCER_ULR', 'PRODUCER_URL'],
    ['BLOCK_INTERVAL', 'BLOCK_INTERVAL_MS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['fee_rate', 'FEE_RATE'],
    ['INFORMATION_INTERVAL_MS', 'INFORMATION_BLOCK_INTERVAL_MS'],
    ['Role', 'ROLE'],
    ['BPSC_INTERVAL', ''],
  ])('takes %s for a misspelled variable', (name, meant) => {
    expect(messageOf({ [name]: '1' })).toContain(`${name} is not a variable of bpsc: did you mean ${meant}`);
  });

  it.each([
    'PATH',
    'HOSTNAME',
    'HOME',
    'POST',
    'PORTS_OPEN',
    'TOKEN',
    'BPSC_SERVICE_HOST',
    'BPSC_PORT_5000_TCP',
    'PRODUCER_PORT',
    'BPSC_PASSPHRASE',
    'SHELL',
    'npm_config_cache',
  ])('leaves %s alone', (name) => {
    expect(messageOf({ [name]: '1' })).toBe('accepted');
  });
});
