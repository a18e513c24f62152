import { COSIGNER, GoldenLog, publicKeyOf } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER } from '../../../test/support/chain-builder.js';
import { signatureBy } from '../../../test/support/golden-log.js';
import { sha256 } from '../bytes/sha256.js';
import { consistencySteps, rootOver } from '../tree/proofs.js';
import { LITEWITNESS_LOG, LITEWITNESS_REQUESTS } from '../../../test/vectors/litewitness.js';
import { parsePublicKey, type PublicKey } from '../bytes/bytes.js';
import {
  formatAddCheckpoint,
  parseAddCheckpoint,
  parseConflict,
  readCosignatures,
  refusalOf,
  type AddCheckpoint,
} from './add-checkpoint.js';
import { checkpointText, formatCheckpoint } from './checkpoint.js';
import { cosignedText } from './cosignature.js';
import { formatSignatureLine, noteCosignature, noteSignature } from './signed-note.js';
import { ED25519, type VerifierKey } from './verifier-key.js';

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

test('a witness answers as litewitness does', () => {
  const { origin, publicKey } = LITEWITNESS_LOG;
  const key: VerifierKey = {
    name: origin,
    type: ED25519,
    publicKey: parsePublicKey(publicKey) as PublicKey,
  };
  let last: Parameters<typeof refusalOf>[2];
  const statuses = LITEWITNESS_REQUESTS.map(({ body }) => {
    const request = parseAddCheckpoint(body);
    if (typeof request === 'string') return 400;
    const refusal = refusalOf(request, request.checkpoint.origin === origin ? [key] : [], last);
    if (refusal === undefined) last = request.checkpoint;
    return refusal?.status ?? 200;
  });
  expect(LITEWITNESS_REQUESTS.map(({ status }) => status)).toEqual([
    200, 403, 403, 422, 422, 200, 409, 200, 409,
  ]);
  // The second has a signature in base64 that is not canonical, the third an unknown log: 404 by the standard.
  expect(statuses).toEqual([200, 400, 404, 422, 422, 200, 409, 200, 409]);
  expect(last?.size).toBe(5);
});

describe('the answer of a witness', () => {
  const text = checkpointText(log.key.name, headOf(4));
  const cosignature = (time: number): string => {
    const signature = signatureBy(OTHER_PRODUCER, cosignedText(time, text));
    return formatSignatureLine(noteCosignature(COSIGNER.key, { time, signature }));
  };
  const read = (body: string): unknown => {
    const found = readCosignatures(body, [COSIGNER.key], text);
    return typeof found === 'string' ? found : found.map(formatSignatureLine).join('');
  };
  const stranger = '— a AAAAAAE=\n';

  it('has its cosignatures, and perhaps those of others, which count for nothing', () => {
    expect(read(cosignature(7))).toBe(cosignature(7));
    expect(read(`${stranger}${cosignature(7)}${cosignature(8)}`)).toBe(`${cosignature(7)}${cosignature(8)}`);
  });

  it.each([
    ['', 'the answer has no cosignature by the witness'],
    [stranger, 'the answer has no cosignature by the witness'],
    [stranger.repeat(65), 'the answer must be at most 64 signature lines'],
    [cosignature(7).trimEnd(), 'the answer must be at most 64 signature lines'],
    [`${cosignature(7)}\n`, 'the answer must have nothing but signature lines'],
    [cosignature(0), 'the signature by bpsc.example/follower-1 has no time'],
    [cosignature(7).replace('AAAAAAAH', 'AAAAAAAI'), 'the signature by bpsc.example/follower-1 is not valid'],
  ])('%j is refused', (body, problem) => {
    expect(read(body)).toBe(problem);
  });

  it('is refused where a key of the log answers in the place of a witness', () => {
    const line = formatSignatureLine(noteSignature(log.key, signatureBy(PRODUCER, text)));
    expect(readCosignatures(line, [log.key], text)).toBe(`the signature by ${log.key.name} has no time`);
  });

  it('with 409 has a size', () => {
    expect(parseConflict('20852163\n')).toBe(20_852_163);
    expect(parseConflict('0\n')).toBe(0);
    for (const body of ['', '\n', '5', '05\n', '5\n\n', '5\r\n', ' 5\n']) {
      expect(parseConflict(body)).toBeUndefined();
    }
  });
});
