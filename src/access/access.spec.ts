import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ManualClock } from '../../test/support/manual-clock.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { Access, type TokenChange } from './access.js';
import { OWNER, type Scope } from './scopes.js';
import { formatTokens, newToken, parseTokens, refusedScopes, sha256, type TokenEntry } from './token-list.js';
import { changeTokensFile, readTokensFile } from './tokens-file.js';

afterAll(removeTemporary);

function entry(name: string, token: string, more: Partial<TokenEntry> = {}): TokenEntry {
  const scopes: readonly Scope[] = ['submit'];
  const hash = sha256(token).toString('hex');
  return { name, sha256: hash, scopes, chains: undefined, createdAt: 1_760_000_000_000, ...more };
}

describe('the tokens file', () => {
  it('has hashes and no tokens, and is read as it was written', () => {
    const token = newToken();
    expect(token).toMatch(/^bpsc_[A-Za-z0-9_-]{43}$/);
    const tokens = [
      entry('shop', token, { chains: ['aka'] }),
      entry('b', newToken(), { scopes: ['nodes', 'read'] }),
    ];
    const text = formatTokens(tokens);
    expect(text).not.toContain(token.slice(5));
    expect(parseTokens(text)).toEqual(tokens);
  });

  const good = { name: 'a', sha256: '0'.repeat(64), scopes: ['submit'], created_at: 0 };
  it.each<[string, unknown, string]>([
    ['no list', {}, 'must be {"tokens": [...]}'],
    ['a token that is none', { tokens: [7] }, 'has a wrong token: tokens[0] must be an object'],
    [
      'another field',
      { tokens: [{ ...good, note: '' }] },
      'has a wrong token: tokens[0] has the unknown field "note"',
    ],
    ['a name', { tokens: [{ ...good, name: 'API_TOKEN' }] }, 'tokens[0].name must be 1 to 64 characters'],
    [
      'a hash',
      { tokens: [good, { ...good, sha256: 'AA' }] },
      'tokens[1].sha256 must be 64 lower-case hex digits',
    ],
    [
      'a scope',
      { tokens: [{ ...good, scopes: ['write'] }] },
      'tokens[0].scopes must be a list of submit, seal',
    ],
    [
      'a scope twice',
      { tokens: [{ ...good, scopes: ['seal', 'seal'] }] },
      'tokens[0].scopes must be a list of submit',
    ],
    ['no scope', { tokens: [{ ...good, scopes: [] }] }, 'tokens[0] needs at least one scope of submit'],
    [
      'a chain',
      { tokens: [{ ...good, chains: ['A B'] }] },
      'tokens[0] names "A B", which is no name or id of a chain',
    ],
    ['no chain', { tokens: [{ ...good, chains: [] }] }, 'tokens[0] must name 1 to 256 chains'],
    ['a time', { tokens: [{ ...good, created_at: '1' }] }, 'tokens[0].created_at must be milliseconds'],
    ['a name twice', { tokens: [good, { ...good, sha256: '1'.repeat(64) }] }, 'has a token twice: a and a'],
    ['a hash twice', { tokens: [good, { ...good, name: 'b' }] }, 'has a token twice: a and b'],
    ['too many', { tokens: Array.from({ length: 257 }, () => good) }, 'has more than 256 tokens'],
  ])('is refused with a reason: %s', (_what, value, reason) => {
    expect(parseTokens(JSON.stringify(value))).toContain(reason);
  });

  it('is refused when it is no JSON', () => {
    expect(parseTokens('{')).toBe('is not JSON');
  });

  it.each<Scope>(['chains', 'nodes'])('has no token with the scope %s for some chains only', (scope) => {
    expect(refusedScopes([scope], undefined)).toBeUndefined();
    expect(refusedScopes([scope], ['aka'])).toContain(
      `has the scope ${scope}, which concerns the whole node`,
    );
  });

  it('is replaced as a whole, for its owner alone', () => {
    const file = path.join(temporaryFolder(), 'deeper', 'tokens.json');
    changeTokensFile(file, () => [entry('a', 'x')]);
    chmodSync(file, 0o644);
    changeTokensFile(file, (before) => [...before, entry('b', 'y')]);
    expect(readTokensFile(file)?.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('stays as it is when a change fails, and while another one is under way', () => {
    const file = path.join(temporaryFolder(), 'tokens.json');
    changeTokensFile(file, () => [entry('a', 'x')]);
    const before = readFileSync(file, 'utf8');
    expect(() => changeTokensFile(file, () => fail('no'))).toThrow('no');
    expect(() =>
      changeTokensFile(file, (tokens) => {
        expect(() => changeTokensFile(file, () => [])).toThrow(/is being changed by another process/);
        return tokens;
      }),
    ).not.toThrow();
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

describe('access', () => {
  interface Watched {
    readonly file: string;
    readonly access: Access;
    readonly clock: ManualClock;
    readonly changes: TokenChange[];
    readonly troubles: (string | undefined)[];
  }
  function watched(tokens?: readonly TokenEntry[], apiToken?: string): Watched {
    const file = path.join(temporaryFolder(), 'tokens.json');
    if (tokens !== undefined) writeFileSync(file, formatTokens(tokens));
    const clock = new ManualClock();
    const access = new Access(apiToken, file, clock);
    const changes: TokenChange[] = [];
    const troubles: (string | undefined)[] = [];
    access.listen({ changed: (found) => changes.push(...found), trouble: (reason) => troubles.push(reason) });
    return { file, access, clock, changes, troubles };
  }

  it('knows whose token it is', () => {
    const { access } = watched(
      [entry('shop', 'one', { chains: ['aka'] }), entry('till', 'two')],
      'the-api-token-0',
    );
    expect(access.identify('the-api-token-0')).toBe(OWNER);
    expect(access.identify('one')).toEqual({
      name: 'shop',
      scopes: new Set(['submit']),
      chains: new Set(['aka']),
    });
    expect(access.identify('two')).toMatchObject({ name: 'till', chains: undefined });
    expect(access.identify('three')).toBeUndefined();
    expect(new Access(undefined, undefined, new ManualClock()).identify('')).toBeUndefined();
  });

  it('takes a change within a second, and says what changed', () => {
    const { file, access, clock, changes } = watched([entry('shop', 'one'), entry('till', 'two')]);
    changeTokensFile(file, () => [entry('shop', 'one', { scopes: ['seal'] }), entry('new', 'three')]);
    expect(access.identify('three')).toBeUndefined();
    clock.pass(1000);
    expect(access.identify('three')).toMatchObject({ name: 'new' });
    expect(access.identify('two')).toBeUndefined();
    expect(access.identify('one')?.scopes).toEqual(new Set(['seal']));
    expect(changes.map(({ act, token }) => `${token.name} ${act}`)).toEqual([
      'shop changed',
      'till removed',
      'new added',
    ]);
  });

  it.each<[string, (file: string) => void, RegExp]>([
    [
      'broken',
      (file) => writeFileSync(file, '{"tokens": [{}]}'),
      /tokens\.json has a wrong token: tokens\[0\]\.name/,
    ],
    ['gone', (file) => rmSync(file), /tokens\.json is gone/],
  ])('keeps the last good tokens while the file is %s', (_how, breakIt, reason) => {
    const { file, access, clock, changes, troubles } = watched([entry('shop', 'one')]);
    breakIt(file);
    clock.pass(1000);
    expect(access.identify('one')).toMatchObject({ name: 'shop' });
    expect(access.trouble()).toMatch(reason);
    clock.pass(5000);
    expect(access.trouble()).toMatch(reason);
    expect(troubles).toEqual([expect.stringMatching(reason)]);
    writeFileSync(file, formatTokens([]));
    clock.pass(1000);
    expect(access.trouble()).toBeUndefined();
    expect(access.identify('one')).toBeUndefined();
    expect(troubles).toHaveLength(2);
    expect(changes).toMatchObject([{ act: 'removed', token: { name: 'shop' } }]);
  });

  it('begins without a file, and refuses to begin with a broken one', () => {
    const { file, access, clock, troubles } = watched();
    expect([access.isEmpty, access.trouble(), access.identify('one')]).toEqual([true, undefined, undefined]);
    changeTokensFile(file, () => [entry('shop', 'one')]);
    clock.pass(1000);
    expect(access.identify('one')).toMatchObject({ name: 'shop' });
    expect(troubles).toEqual([]);
    writeFileSync(file, '{');
    expect(() => new Access(undefined, file, clock)).toThrow(`the tokens file ${file} is not JSON`);
  });
});
