/** Reads passphrases from the environment or, without one there, from the terminal. */
import { Trouble, type Io } from './io.js';

/** scrypt makes guessing expensive, but not expensive enough for shorter ones. */
const CHARACTERS_MIN = 8;

/** For a new key. @throws Trouble, Interrupted */
export async function newPassphrase(io: Io): Promise<string> {
  const given = io.settings.passphrase;
  if (given !== undefined) return longEnough(given, 'BPSC_PASSPHRASE');
  const ask = terminalOf(io);
  const passphrase = longEnough(await ask('New passphrase: '), 'the passphrase');
  if ((await ask('The same again: ')) === passphrase) return passphrase;
  throw new Trouble('the two passphrases differ: nothing was made');
}

/** For an existing key. @throws Trouble, Interrupted */
export async function knownPassphrase(io: Io, file: string): Promise<string> {
  return io.settings.passphrase ?? (await terminalOf(io)(`Passphrase of ${file}: `));
}

function terminalOf({ askSecret }: Io): NonNullable<Io['askSecret']> {
  if (askSecret !== undefined) return askSecret;
  throw new Trouble('there is no terminal for entering the passphrase: set BPSC_PASSPHRASE');
}

function longEnough(passphrase: string, what: string): string {
  if ([...passphrase].length >= CHARACTERS_MIN) return passphrase;
  throw new Trouble(`${what} must have ${CHARACTERS_MIN} characters or more`);
}
