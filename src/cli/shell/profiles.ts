/** Profiles: named settings of the command, kept in a file of the user's, so that they needn't be typed each time. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { asFields } from '../../chain/bytes/fields.js';
import { JsonError, jsonProblem, parseStrictJson } from '../../chain/bytes/json.js';
import type { CliSettings } from '../../config/cli-env.js';
import { renameDurably } from '../../keys/durable.js';
import { Trouble, type Io } from './io.js';
import { writeNewFile } from './new-file.js';
import { readTextFile } from './read-text.js';

export interface Profile {
  /** a node's URL or host:port */
  readonly node?: string | undefined;
  /** a token chain's name or id */
  readonly tokenChain?: string | undefined;
  /** an information chain's name or id */
  readonly informationChain?: string | undefined;
  /** a wallet's name or its file */
  readonly wallet?: string | undefined;
  /** the file that holds the node's API token */
  readonly tokenFile?: string | undefined;
}

export interface Profiles {
  /** the one in use */
  readonly current: string | undefined;
  readonly all: ReadonlyMap<string, Profile>;
}

/** The names in the file. */
const FIELDS: Readonly<Record<keyof Profile, string>> = {
  node: 'node',
  tokenChain: 'token_chain',
  informationChain: 'information_chain',
  wallet: 'wallet',
  tokenFile: 'token_file',
};
const KEYS = Object.keys(FIELDS) as (keyof Profile)[];
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const BYTES_MAX = 1_048_576;

export const PROFILE_NAME_EXPECTED = 'letters, digits, ".", "_" and "-", at most 64, not beginning with "."';

export function isProfileName(text: string): boolean {
  return NAME.test(text);
}

export function profilesFile({ home }: Pick<Io, 'home'>): string {
  return path.join(home, '.bpsc', 'profiles.json');
}

/** @throws Trouble if the file is there and can't be understood */
export function readProfiles(io: Pick<Io, 'home'>): Profiles {
  const file = profilesFile(io);
  if (!existsSync(file)) return { current: undefined, all: new Map() };
  const text = readTextFile(file, BYTES_MAX, 'a list of profiles');
  const problem = (why: string): Trouble => new Trouble(`${file}: ${why}; correct it, or delete it`);
  try {
    const { version, current, profiles } = asFields(parseStrictJson(text).value) ?? {};
    if (version !== 1) throw problem('its version must be 1');
    const all = new Map(
      Object.entries(asFields(profiles) ?? {}).map(([name, value]) => [name, profileOf(value)]),
    );
    if (current !== null && (typeof current !== 'string' || !all.has(current))) {
      throw problem('"current" must be the name of one of its profiles, or null');
    }
    return { current: current ?? undefined, all };
  } catch (error) {
    if (error instanceof JsonError) throw problem(jsonProblem(error));
    throw error;
  }
}

function profileOf(value: unknown): Profile {
  const fields = asFields(value) ?? {};
  const text = (name: string): string | undefined => {
    const found = fields[name];
    return typeof found === 'string' ? found : undefined;
  };
  return Object.fromEntries(KEYS.map((key) => [key, text(FIELDS[key])]));
}

/** Replaces the file as a whole: a crash leaves the old one. @throws Trouble */
export function writeProfiles({ current, all }: Profiles, io: Pick<Io, 'home'>): void {
  const file = profilesFile(io);
  const profiles = Object.fromEntries([...all].map(([name, profile]) => [name, profileFields(profile)]));
  const text = `${JSON.stringify({ version: 1, current: current ?? null, profiles }, undefined, 2)}\n`;
  const next = `${file}.new`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    rmSync(next, { force: true });
    writeNewFile(next, text, `${next} exists already: another command is writing it`);
    renameDurably(next, file);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** With the names of the file; unset ones are omitted. */
export function profileFields(profile: Profile): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = profile[key];
      return value === undefined ? [] : [[FIELDS[key], value]];
    }),
  );
}

/**
 * Settings that no variable of the environment has come from the profile in use. It is read when a command first needs
 * a setting: a damaged file must not stop `bpsc --help`.
 */
export function withProfile(io: Io): Io {
  let settings: CliSettings | undefined;
  return {
    ...io,
    get settings() {
      settings ??= settingsOf(io);
      return settings;
    },
  };
}

/** @throws Trouble */
function settingsOf(io: Io): CliSettings {
  const { settings } = io;
  const { current, all } = readProfiles(io);
  const name = settings.profile ?? current;
  if (name === undefined) return settings;
  const profile = all.get(name);
  if (profile !== undefined) return merged(settings, profile, name);
  throw new Trouble(`BPSC_PROFILE: there is no profile ${name}: bpsc use lists them`);
}

function merged(settings: CliSettings, profile: Profile, name: string): CliSettings {
  const { tokenFile } = profile;
  const token = (): string | undefined =>
    tokenFile === undefined
      ? undefined
      : readTextFile(tokenFile, 4096, `the API token of the profile ${name}`).trim();
  return {
    ...settings,
    node: settings.node ?? profile.node,
    wallet: settings.wallet ?? profile.wallet,
    apiToken: settings.apiToken ?? token(),
    tokenChain: profile.tokenChain,
    informationChain: profile.informationChain,
  };
}
