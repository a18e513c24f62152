import { COSIGNER, GoldenLog, publicKeyOf } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER } from '../../../test/support/chain-builder.js';
import { signatureBy } from '../../../test/support/golden-log.js';
import { sha256 } from '../bytes/sha256.js';
import { consistencySteps, rootOver } from '../tree/proofs.js';
import { formatAddCheckpoint, parseAddCheckpoint, refusalOf, type AddCheckpoint } from './add-checkpoint.js';
import { checkpointText, formatCheckpoint } from './checkpoint.js';

const log = new GoldenLog();
const proofOf = (from: number, to: number): readonly Uint8Array[] =>
  consistencySteps(from, to).map((step) =>
    rootOver(step.map(({ level, index }) => log.subtree(level, index))),
  );
const bodyOf = (from: number, to: number): string =>
  formatAddCheckpoint(from, proofOf(from, to), log.checkpoint(to));
const parsed = (body: string): AddCheckpoint => {
  const request = parseAddCheckpoint(body);
  if (typeof request === 'string') throw new Error(request);
  return request;
};
const headOf = (size: number): { size: number; root: Uint8Array } => ({ size, root: log.root(size) });
/** The status, or 200. */
const answer = (body: string, last?: ReturnType<typeof headOf>, keys = [log.key]): unknown => {
  const refusal = refusalOf(parsed(body), keys, last);
  return refusal === undefined ? 200 : refusal.status === 409 ? `409 ${refusal.size}` : refusal.status;
};

describe('a request', () => {
  it('is read back as it was written', () => {
    const body = bodyOf(3, 4);
    const { oldSize, proof, checkpoint } = parsed(body);
    expect(formatAddCheckpoint(oldSize, proof, log.checkpoint(checkpoint.size))).toBe(body);
    expect(body.startsWith('old 3\n')).toBe(true);
    expect(bodyOf(0, 4).startsWith('old 0\n\nbpsc/')).toBe(true);
  });

  it.each([
    ['', 'empty line'],
    ['old 3', 'empty line'],
    [bodyOf(3, 4).replace('old 3', 'old 03'), 'old and a tree size'],
    [bodyOf(3, 4).replace('old 3', 'new 3'), 'old and a tree size'],
    [bodyOf(3, 4).replace('\n', '\nAAAA\n'), 'at most 63 lines'],
    [
      formatAddCheckpoint(
        3,
        Array.from({ length: 64 }, () => sha256('')),
        log.checkpoint(),
      ),
      'at most 63 lines',
    ],
    ['old 3\n\nnonsense', 'a note must have an empty line'],
  ])('%j is none', (body, problem) => {
    expect(parseAddCheckpoint(body)).toContain(problem);
  });
});

describe('a witness', () => {
  it('cosigns what is consistent with what it cosigned last', () => {
    for (let to = 0; to <= 4; to++) {
      expect(answer(bodyOf(0, to))).toBe(200);
      for (let from = 0; from <= to; from++) expect(answer(bodyOf(from, to), headOf(from))).toBe(200);
    }
  });

  it('says which size it cosigned last, larger ones included', () => {
    expect(answer(bodyOf(0, 4), headOf(3))).toBe('409 3');
    expect(answer(bodyOf(2, 3), headOf(4))).toBe('409 4');
    expect(answer(bodyOf(3, 4))).toBe('409 0');
  });

  it('refuses other logs, other keys, and what is not signed', () => {
    expect(answer(bodyOf(0, 4), undefined, [])).toBe(404);
    expect(answer(bodyOf(0, 4), undefined, [{ ...log.key, publicKey: publicKeyOf(OTHER_PRODUCER) }])).toBe(
      403,
    );
    const damaged = bodyOf(0, 4).replace('gXcIPIB', 'gXcIPIC');
    expect(answer(damaged)).toBe(403);
    expect(answer(bodyOf(0, 4), undefined, [COSIGNER.key])).toBe(403);
  });

  it('refuses an old size beyond the new one, a wrong proof, and another root of the same size', () => {
    expect(answer(formatAddCheckpoint(5, [], log.checkpoint(4)), headOf(3))).toBe(400);
    expect(answer(formatAddCheckpoint(3, proofOf(2, 4), log.checkpoint(4)), headOf(3))).toBe(422);
    expect(answer(formatAddCheckpoint(0, [sha256('x')], log.checkpoint(4)))).toBe(422);
    expect(answer(bodyOf(4, 4), { size: 4, root: sha256('another') })).toBe(422);
    expect(answer(bodyOf(3, 4), { size: 3, root: sha256('another') })).toBe(422);
    const root = sha256('not empty');
    const text = checkpointText(log.key.name, { size: 0, root });
    const empty = formatCheckpoint(log.key, { size: 0, root }, signatureBy(PRODUCER, text));
    expect(answer(formatAddCheckpoint(0, [], empty))).toBe(422);
  });
});
