import { COSIGNER, GoldenLog, publicKeyOf, signatureBy } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { goldenChain } from '../../../test/support/golden-chains.js';
import { canonicalJson } from '../bytes/json.js';
import { informationEntry, informationHash, type InformationContent } from '../entry/entry.js';
import { toBase64 } from '../note/base64.js';
import { checkpointText, formatCheckpoint } from '../note/checkpoint.js';
import { parsePolicy, type Policy } from '../note/policy.js';
import { formatVerifierKey } from '../note/verifier-key.js';
import { formatReceipt, verifyReceipt, type ProvenEntry, type ReceiptTrust } from './receipt.js';

const token = new GoldenLog();
const information = new GoldenLog('information');
const trust: ReceiptTrust = { logs: [token.key, information.key] };

const receiptOf = (log: GoldenLog, sequence: number, size?: number, content?: InformationContent): string =>
  formatReceipt({
    leafText: log.leaves[sequence] as string,
    content,
    sequence,
    proof: log.proof(sequence, size),
    checkpoint: log.checkpoint(size),
  });
const problemOf = (text: string, by = trust): string => {
  const result = verifyReceipt(text, by);
  return 'problem' in result ? result.problem : 'accepted';
};
const proven = (text: string, by = trust): ProvenEntry => {
  const result = verifyReceipt(text, by);
  if ('problem' in result) throw new Error(result.problem);
  return result;
};

const records = goldenChain('information').blocks.flatMap(({ information: entries }) => entries as Wire[]);
const contentOf = ({ information: value, salt }: Wire): InformationContent => ({
  text: canonicalJson(value),
  salt: salt as string,
});
const shown = records.findIndex((record) => 'salt' in record);
const content = contentOf(records[shown] as Wire);

describe('a receipt', () => {
  it('proves an entry of every tree that has it', () => {
    for (let size = 1; size <= token.ids.length; size++) {
      for (let sequence = 0; sequence < size; sequence++) {
        expect(proven(receiptOf(token, sequence, size))).toMatchObject({
          chain: token.chain,
          producer: token.key.publicKey,
          sequence,
          size,
          leafText: token.leaves[sequence],
          content: undefined,
          isWitnessed: false,
        });
      }
    }
  });

  it('has the lines that the standard describes', () => {
    const lines = receiptOf(token, 2).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'c2sp.org/tlog-proof@v1',
      `extra ${toBase64(new TextEncoder().encode(token.leaves[2]))}`,
      'index 2',
    ]);
    expect(lines.slice(3, 5)).toEqual(token.proof(2).map(toBase64));
    expect(lines.slice(5).join('\n')).toBe(`\n${token.checkpoint()}`);
  });

  it('shows a record’s information where it has it', () => {
    expect(proven(receiptOf(information, shown, undefined, content)).content).toEqual(content);
    expect(proven(receiptOf(information, shown)).content).toBeUndefined();
  });

  it('shows information that is nested as deep as a record may be', () => {
    const deep = { text: '['.repeat(32) + ']'.repeat(32), salt: '00'.repeat(16) };
    const leaf = { informationHash: informationHash(deep), nonce: 'n', timestamp: 1 };
    const { leafText, id } = informationEntry(leaf, deep);
    const text = checkpointText(information.key.name, { size: 1, root: id });
    const checkpoint = formatCheckpoint(information.key, { size: 1, root: id }, signatureBy(PRODUCER, text));
    const receipt = formatReceipt({ leafText, content: deep, sequence: 0, proof: [], checkpoint });
    expect(proven(receipt).content).toEqual(deep);
  });

  it.each([
    ['token', receiptOf(token, 1)],
    ['information', receiptOf(information, shown, undefined, content)],
  ])('of a chain of the kind %s is refused with any of its bytes changed', (_kind, text) => {
    const bytes = new TextEncoder().encode(text);
    const accepted: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ mask;
        const decoded = decode(changed);
        if (decoded !== undefined && problemOf(decoded) === 'accepted') accepted.push(`${at} ^ ${mask}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is refused where anything is cut off or added', () => {
    const text = receiptOf(token, 1);
    for (let length = 0; length < text.length; length++)
      expect(problemOf(text.slice(0, length))).not.toBe('accepted');
    for (const more of ['\n', 'x', ' ', '\n\n']) {
      expect(problemOf(text + more)).not.toBe('accepted');
      expect(problemOf(more + text)).not.toBe('accepted');
    }
    expect(problemOf(text.replaceAll('\n', '\r\n'))).not.toBe('accepted');
    expect(problemOf('x'.repeat(1024 * 1024 + 1))).toBe('a receipt must be at most 1 MiB long');
  });

  it.each<[string, string, ReceiptTrust, string]>([
    [
      'of another chain',
      receiptOf(token, 1),
      { logs: [information.key] },
      'for which no key is trusted here',
    ],
    [
      'by another key',
      receiptOf(token, 1),
      { logs: [{ ...token.key, publicKey: publicKeyOf(OTHER_PRODUCER) }] },
      'is not signed by the trusted key',
    ],
    [
      'by a key of another type',
      token.cosigned(receiptOf(token, 1), { ...COSIGNER, key: { ...COSIGNER.key, name: token.key.name } }, 5),
      { logs: [{ ...COSIGNER.key, name: token.key.name }] },
      'for which no key is trusted here',
    ],
    [
      'of a size before the entry',
      receiptOf(token, 3).replace(token.checkpoint(), token.checkpoint(3)),
      trust,
      'the entry 3 is not in a tree of 3 entries',
    ],
    [
      'whose path is for another size',
      receiptOf(token, 0).replace(token.checkpoint(), token.checkpoint(2)),
      trust,
      'the path does not lead from the entry to the signed root',
    ],
    [
      'of another entry',
      receiptOf(token, 1).replace('index 1', 'index 0'),
      trust,
      'the path does not lead from the entry to the signed root',
    ],
    [
      'with information beside a transaction',
      receiptOf(token, 1, undefined, content),
      trust,
      'only an information record has information beside its leaf',
    ],
    [
      'with other information',
      receiptOf(information, shown, undefined, { ...content, text: '"other"' }),
      trust,
      'the information is not the one that the leaf names by its hash',
    ],
    [
      'with information in another form',
      receiptOf(information, shown, undefined, { ...content, text: ` ${content.text}` }),
      trust,
      'the second line must be extra and',
    ],
    [
      'of another kind of log',
      receiptOf(token, 1).replaceAll('bpsc/', 'other/'),
      trust,
      'the checkpoint is of another kind of log',
    ],
  ])('%s is refused', (_what, text, by, problem) => {
    expect(problemOf(text, by)).toContain(problem);
  });
});

describe('a policy', () => {
  const lines = [
    `log ${formatVerifierKey(token.key)}`,
    `witness w ${formatVerifierKey(COSIGNER.key)}`,
    'quorum w',
  ];
  const policy = parsePolicy(lines.join('\n')) as Policy;
  const by: ReceiptTrust = { logs: policy.logs.map(({ key }) => key), policy };
  const plain = receiptOf(token, 1);
  const cosigned = plain.replace(
    token.checkpoint(),
    token.cosigned(token.checkpoint(), COSIGNER, 1_760_000_011),
  );

  it('asks for cosignatures, and says who gave them when', () => {
    expect(proven(cosigned, by)).toMatchObject({
      isWitnessed: true,
      cosignatures: [{ key: COSIGNER.key, time: 1_760_000_011 }],
    });
    expect(problemOf(plain, by)).toBe(
      'the cosignatures are not the quorum that the policy asks for (cosigned by nobody)',
    );
  });

  it('counts a witness once, from its first time on', () => {
    const twice = [1_760_000_019, 1_760_000_012].reduce(
      (text, time) =>
        text + token.cosigned(token.checkpoint(), COSIGNER, time).slice(token.checkpoint().length),
      cosigned,
    );
    expect(proven(twice, by).cosignatures).toEqual([{ key: COSIGNER.key, time: 1_760_000_011 }]);
    expect(proven(twice.replace(/\n— bpsc\.example.*\n/, '\n'), by).cosignatures).toEqual([
      { key: COSIGNER.key, time: 1_760_000_012 },
    ]);
  });

  it('refuses a receipt with any byte changed, but for the lines of those that it does not know', () => {
    const stranger = '— stranger.example AAAAAAE=\n';
    const text = cosigned + stranger;
    expect(proven(text, by).cosignatures).toHaveLength(1);
    const bytes = new TextEncoder().encode(text);
    const strangerAt = bytes.length - new TextEncoder().encode(stranger).length;
    for (let at = 0; at < strangerAt; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 1;
      const decoded = decode(changed);
      if (decoded !== undefined) expect(problemOf(decoded, by)).not.toBe('accepted');
    }
  });

  it('makes a cosignature that fails a reason to refuse all of it', () => {
    const damaged = cosigned.replace('YXdue7', 'YXdue8');
    expect(problemOf(damaged, by)).toContain('the signature by bpsc.example/follower-1 is not valid');
    // Without the policy, the key is not known, and the line counts for nothing.
    expect(problemOf(damaged)).toBe('accepted');
  });
});

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
