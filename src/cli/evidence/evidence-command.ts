/** `bpsc verify-evidence` judges evidence of equivocation offline. */
import { Command } from 'commander';
import { EVIDENCE_CHARACTERS_MAX, judgeEvidence } from '../../chain/proof/equivocation.js';
import { document, EXIT, printable, type ExitCode, type Io } from '../shell/io.js';
import { paintOf } from '../shell/paint.js';
import { readTextFile } from '../shell/read-text.js';

const DESCRIPTION = `Judges evidence that a producer told two stories about one chain: two blocks with the same index,
or two checkpoints that contradict each other, all signed with its key (protocol, section 12). No
node is needed: the file contains everything. Compare the producer's key with the one that you
know from elsewhere.`;

const EXAMPLES = `
Examples:
  bpsc verify-evidence evidence.json
  bpsc verify-evidence evidence.json --json
  cat evidence.json | bpsc verify-evidence -

Exit status:
  0  it convicts the producer
  1  it proves nothing
  2  wrong usage, or the file cannot be read
`;

interface EvidenceOptions {
  readonly json?: true;
}

/** @param end is called with the exit status */
export function verifyEvidenceCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('verify-evidence')
    .summary('judge evidence of two stories by one producer, offline')
    .description(DESCRIPTION)
    .argument('<file>', 'the evidence, or - for the standard input')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { json }: EvidenceOptions) => {
      const text =
        file === '-' ? await io.readInput() : readTextFile(file, 4 * EVIDENCE_CHARACTERS_MAX, 'evidence');
      const verdict = judgeEvidence(text);
      const paint = paintOf(io);
      if ('problem' in verdict) {
        io.stdout.write(
          json === true
            ? document({ convicts: false, problem: verdict.problem })
            : `${paint.bad('Proves nothing:')} ${printable(verdict.problem)}.\n`,
        );
        end(EXIT.fault);
        return;
      }
      const { chain, name, producer, finding } = verdict;
      io.stdout.write(
        json === true
          ? document({ convicts: true, chain: name, chain_id: chain, producer, finding })
          : `${paint.good('Convicts:')} the producer ${producer} of the chain ${name} (${chain}) ${finding}.\n`,
      );
      end(EXIT.ok);
    });
}
