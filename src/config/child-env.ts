/**
 * Selects the part of this process's environment for the processes of a teaching network: locations, but no settings.
 */

const NAMES = ['HOME', 'PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'TZ'];

export function childEnvironment(): Record<string, string> {
  const found = NAMES.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
