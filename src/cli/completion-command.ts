/** `bpsc completion` prints a script that completes commands and options in a shell. */
import { Argument, Command } from 'commander';
import { EXIT, type ExitCode, type Io } from './shell/io.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const DESCRIPTION = `Prints a script with which a shell completes the commands of bpsc and their options.`;

const EXAMPLES = `
Examples:
  bash:  echo 'source <(bpsc completion bash)' >> ~/.bashrc
  zsh:   bpsc completion zsh > ~/.zfunc/_bpsc      (a folder of your fpath)
  fish:  bpsc completion fish > ~/.config/fish/completions/bpsc.fish
`;

/** @param end is called with the exit status */
export function completionCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('completion')
    .summary('print a script for completion in a shell')
    .description(DESCRIPTION)
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell, _options: object, command: Command) => {
      io.stdout.write(SCRIPTS[shell](wordsOf(command.parent ?? command)));
      end(EXIT.ok);
    });
}

/** What may follow the words of one command. */
interface Words {
  /** such as `wallet new`; empty for bpsc itself */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  /** the arguments are files, as far as the shell can know */
  readonly choices: readonly string[];
}

interface Word {
  readonly text: string;
  readonly summary: string;
}

function wordsOf(program: Command): readonly Words[] {
  const found: Words[] = [];
  const visit = (command: Command, path: string): void => {
    const help = command.createHelp();
    found.push({
      path,
      commands: help
        .visibleCommands(command)
        .map((inner) => ({ text: inner.name(), summary: inner.summary() })),
      options: help
        .visibleOptions(command)
        .flatMap(({ long, short, description }) =>
          [long, short].flatMap((text) => (text === undefined ? [] : { text, summary: description })),
        ),
      choices: command.registeredArguments[0]?.argChoices ?? [],
    });
    for (const inner of command.commands) visit(inner, `${path} ${inner.name()}`.trim());
  };
  visit(program, '');
  return found;
}

const SCRIPTS: Readonly<Record<Shell, (all: readonly Words[]) => string>> = { bash, zsh, fish };

/** The path of commands is found among the words before the cursor: options and arguments are no commands' names. */
function bash(all: readonly Words[]): string {
  const cases = all.map(({ path, commands, options, choices }) => {
    const words = [...commands.map(({ text }) => text), ...choices];
    return `    ${quoted(path)}) words=${quoted(words.join(' '))}; options=${quoted(texts(options))} ;;`;
  });
  return `# Completion of bpsc in bash: source <(bpsc completion bash)
_bpsc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words='' options=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
${stepsTo('path', all)}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _bpsc bpsc
`;
}

function zsh(all: readonly Words[]): string {
  const described = (words: readonly Word[]): string =>
    words.map(({ text, summary }) => quoted(`${text.replace(/:/g, '\\:')}:${summary}`)).join(' ');
  const cases = all.map(({ path, commands, options, choices }) => {
    const words = [...commands, ...choices.map((text) => ({ text, summary: text }))];
    return `    ${quoted(path)})
      words_of=(${described(words)})
      options_of=(${described(options)}) ;;`;
  });
  return `#compdef bpsc
# Completion of bpsc in zsh: bpsc completion zsh > ~/.zfunc/_bpsc
_bpsc() {
  local place='' word
  local -a words_of options_of
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
${stepsTo('place', all)}
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then
    _describe option options_of
  elif (( $#words_of )); then
    _describe command words_of
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _bpsc ]]; then _bpsc "$@"; else compdef _bpsc bpsc; fi
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, commands, options, choices }) => {
    const at = `complete -c bpsc -n '__bpsc_at "${path}"'`;
    return [
      ...commands.map(({ text, summary }) => `${at} -f -a ${text} -d ${quoted(summary)}`),
      ...choices.map((text) => `${at} -f -a ${text}`),
      ...options.map(
        ({ text, summary }) =>
          `${at} ${text.startsWith('--') ? `-l ${text.slice(2)}` : `-s ${text.slice(1)}`} -d ${quoted(summary)}`,
      ),
    ];
  });
  return `# Completion of bpsc in fish: bpsc completion fish > ~/.config/fish/completions/bpsc.fish
function __bpsc_at
  set -l place ''
  for word in (commandline -opc)[2..]
    switch (string trim "$place $word")
      case ${paths(all).map(quoted).join(' ')}
        set place (string trim "$place $word")
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** Of all commands but bpsc itself. */
function paths(all: readonly Words[]): readonly string[] {
  return all.map(({ path }) => path).filter((path) => path !== '');
}

/** A case for each command: its words so far become the path. */
function stepsTo(variable: string, all: readonly Words[]): string {
  return paths(all)
    .map((path) => `      ${quoted(path)}) ${variable}=${quoted(path)} ;;`)
    .join('\n');
}

function texts(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ');
}

/** For all three shells. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, '’')}'`;
}
