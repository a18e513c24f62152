/** `bpsc token`: makes, lists and revokes the tokens of a node's API_TOKENS_FILE. */
import { Command, InvalidArgumentError } from 'commander';
import { SCOPES, isScope, type Scope } from '../../access/scopes.js';
import {
  isTokenName,
  newToken,
  refusedScopes,
  sha256,
  TOKEN_NAME_EXPECTED,
  TOKENS_MAX,
  type TokenEntry,
} from '../../access/token-list.js';
import { changeTokensFile, readTokensFile } from '../../access/tokens-file.js';
import { document, EXIT, printable, table, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { texts } from '../shell/options.js';

interface FileOptions {
  readonly file?: string;
  readonly json?: true;
}

interface NewOptions extends FileOptions {
  readonly scopes: readonly Scope[];
  readonly chain?: readonly string[];
}

const NEW = `Makes a token and prints it, once: the file keeps its hash. A node with this file as its
API_TOKENS_FILE takes it within a second, without a restart; programs send it as BPSC_API_TOKEN, or
as the header Authorization: Bearer …

Scopes: submit (transactions and records), seal (a block on request), erase (records), chains (create
chains), nodes (register and remove nodes), read (nothing beyond what everybody may read, but a rate
limit of its own).`;

const NEW_EXAMPLES = `
Examples:
  bpsc token new shop --scopes submit --chain aka --file ./data/tokens.json
  API_TOKENS_FILE=./data/tokens.json bpsc token new office --scopes submit,seal,erase
`;

/** @param end is called with the exit status */
export function tokenCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('token')
    .summary('make, list and revoke the tokens of a node')
    .description('Makes, lists and revokes tokens in a file, which a node reads as its API_TOKENS_FILE.')
    .helpCommand('help [command]', 'show the help of a command');
  const file = ['--file <file>', 'the tokens file (default: API_TOKENS_FILE)'] as const;
  command
    .command('new')
    .summary('make a token')
    .description(NEW)
    .argument(
      '<name>',
      'a-z, 0-9, dots, underscores and hyphens; the log and the audit chain show it',
      tokenName,
    )
    .requiredOption('--scopes <list>', `one or more of ${SCOPES.join(', ')}, separated by commas`, scopeList)
    .option(
      '--chain <name | id>',
      'only on this chain may it submit, seal and erase; may be given for several (default: all)',
      texts,
    )
    .option(...file)
    .option('--json', 'print one JSON document')
    .addHelpText('after', NEW_EXAMPLES)
    .action((name: string, options: NewOptions) => {
      makeToken(name, options, io);
      end(EXIT.ok);
    });
  command
    .command('list')
    .summary('list the tokens')
    .description(
      'Lists names, scopes and chains. Nobody can list the tokens themselves: the file has only their hashes.',
    )
    .option(...file)
    .option('--json', 'print one JSON document')
    .action((options: FileOptions) => {
      listTokens(options, io);
      end(EXIT.ok);
    });
  command
    .command('revoke')
    .summary('revoke a token')
    .description('Removes a token: within a second, a node with this file refuses it.')
    .argument('<name>', 'of the token', tokenName)
    .option(...file)
    .action((name: string, options: FileOptions) => {
      revokeToken(name, fileOf(options, io));
      io.stderr.write(`The token ${name} is revoked\n`);
      end(EXIT.ok);
    });
  return command;
}

function makeToken(name: string, options: NewOptions, io: Io): void {
  const { scopes, chain: chains } = options;
  const file = fileOf(options, io);
  const refused = refusedScopes(scopes, chains);
  if (refused !== undefined) throw new Trouble(`the token ${refused}`);
  const token = newToken();
  const entry: TokenEntry = {
    name,
    sha256: sha256(token).toString('hex'),
    scopes,
    chains: chains && [...new Set(chains)],
    createdAt: io.clock.now(),
  };
  changeTokensFile(file, (before) => {
    if (before.some((other) => other.name === name)) {
      throw new Trouble(
        `there is a token ${name} in ${file} already: revoke it first, or choose another name`,
      );
    }
    if (before.length === TOKENS_MAX)
      throw new Trouble(`${file} has ${TOKENS_MAX} tokens, which is the maximum`);
    return [...before, entry];
  });
  if (options.json === true) io.stdout.write(document({ ...shown(entry), token }));
  else io.stdout.write(`${token}\n`);
  io.stderr.write('It is not stored anywhere and can’t be shown again: keep it now\n');
}

function listTokens(options: FileOptions, io: Io): void {
  const tokens = existing(fileOf(options, io));
  if (options.json === true) {
    io.stdout.write(document({ tokens: tokens.map(shown) }));
    return;
  }
  const rows = tokens.map(({ name, scopes, chains, createdAt }) => [
    name,
    scopes.join(','),
    printable(chains?.join(',') ?? 'all'),
    new Date(createdAt).toISOString(),
  ]);
  io.stdout.write(table([['TOKEN', 'SCOPES', 'CHAINS', 'MADE'], ...rows]));
}

function revokeToken(name: string, file: string): void {
  existing(file);
  changeTokensFile(file, (before) => {
    const after = before.filter((token) => token.name !== name);
    if (after.length === before.length) throw new Trouble(`there is no token ${name} in ${file}`);
    return after;
  });
}

function existing(file: string): readonly TokenEntry[] {
  const tokens = readTokensFile(file);
  if (tokens === undefined) throw new Trouble(`there is no tokens file ${file}`);
  return tokens;
}

function fileOf({ file }: FileOptions, io: Io): string {
  const found = file ?? io.settings.tokensFile;
  if (found !== undefined) return found;
  throw new Trouble('name the tokens file with --file, or set API_TOKENS_FILE as on the node');
}

function shown({ name, scopes, chains, createdAt }: TokenEntry): object {
  return { name, scopes, chains: chains ?? null, created_at: createdAt };
}

function tokenName(text: string): string {
  if (isTokenName(text)) return text;
  throw new InvalidArgumentError(`It ${TOKEN_NAME_EXPECTED}.`);
}

function scopeList(text: string): readonly Scope[] {
  const found = text.split(',').map((item) => item.trim());
  if (found.every(isScope) && new Set(found).size === found.length) return found;
  throw new InvalidArgumentError(`They must be of ${SCOPES.join(', ')}, separated by commas, each once.`);
}
