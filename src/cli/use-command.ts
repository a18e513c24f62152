/** `bpsc use` keeps settings under a name, and chooses which are in use. */
import path from 'node:path';
import { Command, Option } from 'commander';
import { document, EXIT, printable, table, Trouble, type ExitCode, type Io } from './shell/io.js';
import { nodeUrl } from './shell/options.js';
import {
  isProfileName,
  PROFILE_NAME_EXPECTED,
  profileFields,
  readProfiles,
  writeProfiles,
  type Profile,
  type Profiles,
} from './shell/profiles.js';

const DESCRIPTION = `Keeps a node, chains and a wallet under a name, in ~/.bpsc/profiles.json, and uses them in all commands
from then on. Options and variables of the environment come first; BPSC_PROFILE chooses another profile
for one shell. Without a name, the profiles are listed.`;

const EXAMPLES = `
Examples:
  bpsc use school --node https://ledger.example.org --information-chain diplomas
  bpsc use local --node 127.0.0.1:5000 --wallet alice --token-chain gold
  bpsc use school                  from now on
  bpsc use                         list them
  bpsc use --none                  use none of them
`;

interface UseOptions extends Profile {
  readonly none?: true;
  readonly remove?: true;
  readonly json?: true;
}

/** @param end is called with the exit status */
export function useCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('use')
    .summary('keep and choose settings by a name')
    .description(DESCRIPTION)
    .argument('[name]', 'of the profile')
    .option('-n, --node <url>', 'its node')
    .option('--token-chain <name | id>', 'its token chain, for payments and balances')
    .option('--information-chain <name | id>', 'its information chain, for records')
    .option('-w, --wallet <name | file>', 'its wallet')
    .option('--token-file <file>', 'the file with the node’s API token: only its path is kept')
    .addOption(new Option('--none', 'use no profile').conflicts('remove'))
    .option('--remove', 'remove the profile')
    .option('--json', 'print the profiles as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: UseOptions) => {
      const before = readProfiles(io);
      const after = changed(before, name, options);
      if (after !== before) writeProfiles(after, io);
      if (name === undefined || options.json === true) io.stdout.write(profilesText(after, options));
      else if (options.remove === true) io.stderr.write(`The profile ${name} is removed\n`);
      else io.stdout.write(table(rowsOf(after.all.get(name) ?? {})));
      end(EXIT.ok);
    });
}

/** @returns the same object if nothing changes */
function changed(before: Profiles, name: string | undefined, options: UseOptions): Profiles {
  const given = settingsOf(options);
  const isGiven = Object.keys(given).length > 0;
  if (name === undefined) {
    if (isGiven || options.remove === true) throw new Trouble('name the profile: bpsc use <name>');
    return options.none === true ? { ...before, current: undefined } : before;
  }
  if (options.none === true) throw new Trouble('--none is for no profile: name none');
  if (!isProfileName(name)) throw new Trouble(`a profile's name must be ${PROFILE_NAME_EXPECTED}`);
  const known = before.all.get(name);
  const all = new Map(before.all);
  if (options.remove === true) {
    if (known === undefined) throw noSuch(name, before);
    all.delete(name);
    return { current: before.current === name ? undefined : before.current, all };
  }
  if (known === undefined && !isGiven) throw noSuch(name, before);
  return { current: name, all: all.set(name, { ...known, ...given }) };
}

/** The given ones, checked as far as that needs no node. */
function settingsOf({ node, tokenChain, informationChain, wallet, tokenFile }: UseOptions): Profile {
  return {
    ...(node === undefined ? {} : { node: nodeUrl(node) }),
    ...(tokenChain === undefined ? {} : { tokenChain }),
    ...(informationChain === undefined ? {} : { informationChain }),
    ...(wallet === undefined ? {} : { wallet }),
    ...(tokenFile === undefined ? {} : { tokenFile: path.resolve(tokenFile) }),
  };
}

function noSuch(name: string, { all }: Profiles): Trouble {
  const names = [...all.keys()];
  const known = names.length === 0 ? 'there are none yet' : `there are ${names.join(', ')}`;
  return new Trouble(`there is no profile ${name} (${known}): create it with --node <url>`);
}

function profilesText({ current, all }: Profiles, { json }: UseOptions): string {
  if (json === true) {
    const profiles = Object.fromEntries([...all].map(([name, profile]) => [name, profileFields(profile)]));
    return document({ current: current ?? null, profiles });
  }
  if (all.size === 0) return 'There are no profiles yet: bpsc use <name> --node <url> creates one\n';
  return table(
    [...all].map(([name, profile]) => [
      name === current ? '*' : '',
      name,
      ...rowsOf(profile).map(([field, value]) => `${field} ${value}`),
    ]),
  );
}

function rowsOf(profile: Profile): readonly (readonly [string, string])[] {
  return Object.entries(profileFields(profile)).map(([field, value]) => [
    field.replace('_', ' '),
    printable(value),
  ]);
}
