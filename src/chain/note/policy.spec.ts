import { COSIGNER, GoldenLog } from '../../../test/support/golden-log.js';
import { Holder } from '../../../test/support/chain-builder.js';
import { publicKeyOf } from '../../../test/support/golden-log.js';
import { isQuorum, parsePolicy, type Policy } from './policy.js';
import { COSIGNATURE_V1, formatVerifierKey, type VerifierKey } from './verifier-key.js';

const log = formatVerifierKey(new GoldenLog().key);
const witnessKey = (at: number): VerifierKey => ({
  name: `witness.example/${at}`,
  type: COSIGNATURE_V1,
  publicKey: publicKeyOf(new Holder(`${at}${at}`.repeat(32))),
});
const keys = Object.fromEntries(
  ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map((name, i) => [name, witnessKey(i + 1)]),
) as Record<string, VerifierKey>;
const witnesses = Object.entries(keys).map(([name, key]) => `witness ${name} ${formatVerifierKey(key)}`);

const policyOf = (...lines: readonly string[]): Policy => {
  const policy = parsePolicy(lines.join('\n'));
  if (typeof policy === 'string') throw new Error(policy);
  return policy;
};
const met = (policy: Policy, ...names: readonly string[]): boolean =>
  isQuorum(policy, (key) => names.some((name) => keys[name]?.publicKey === key.publicKey));

describe('a policy', () => {
  it('is that of the standard’s example', () => {
    const policy = policyOf(
      '# an example',
      `  log\t${log}  `,
      '',
      ...witnesses.slice(0, 3),
      'group X-witnesses 2 X1 X2 X3',
      ...witnesses.slice(3),
      'group Y-witnesses any Y1 Y2 Y3',
      'group X-and-Y all X-witnesses Y-witnesses',
      'quorum X-and-Y',
      '',
    );
    expect(policy.logs).toHaveLength(1);
    expect(met(policy, 'X1', 'X2', 'Y3')).toBe(true);
    expect(met(policy, 'X1', 'X2', 'X3')).toBe(false);
    expect(met(policy, 'X1', 'Y1', 'Y2', 'Y3')).toBe(false);
    expect(met(policy)).toBe(false);
  });

  it('may ask for one witness, or for none', () => {
    const one = policyOf(
      witnesses[0]!,
      `witness Z ${formatVerifierKey(COSIGNER.key)} https://w.example`,
      'quorum X1',
    );
    expect([met(one, 'X1'), met(one, 'X2'), one.witnesses[1]?.url]).toEqual([
      true,
      false,
      'https://w.example',
    ]);
    expect(met(policyOf('quorum none'))).toBe(true);
  });

  it.each([
    [['quorum X1'], 'line 1 names X1, which no line before it defines'],
    [[witnesses[0]!], 'a policy must have a quorum line'],
    [['quorum none', 'quorum none'], 'line 2 is a second quorum line'],
    [[`log ${formatVerifierKey(COSIGNER.key)}`], 'line 1 must be: log <Ed25519 verifier key>'],
    [[`log ${log}`, `log ${log}`], 'line 2 has the key of another log'],
    [[`witness w ${log}`], 'line 1 must be: witness <name> <verifier key of type 0x04'],
    [[witnesses[0]!, witnesses[0]!.replace('X1', 'other')], 'line 2 has the key of another witness'],
    [[witnesses[0]!, witnesses[1]!.replace('X2', 'X1')], 'line 2 defines X1 a second time'],
    [[witnesses[0]!.replace('X1', 'none')], 'line 1 defines none, which means no quorum'],
    [[witnesses[0]!, 'group g 2 X1'], 'line 2 must be: group'],
    [[witnesses[0]!, 'group g 0 X1'], 'line 2 must be: group'],
    [[witnesses[0]!, 'group g some X1'], 'line 2 must be: group'],
    [[witnesses[0]!, 'group g all'], 'line 2 must be: group'],
    [[witnesses[0]!, 'group g any X1 X1'], 'line 2 names X1, which is a member already'],
    [[witnesses[0]!, 'group g any X1', 'group h any X1'], 'line 3 names X1, which is a member already'],
    [[witnesses[0]!, 'group g any none'], 'line 2 names none, which no line before it defines'],
    [['quorum'], 'line 1 must be: quorum'],
    [['quorum a b'], 'line 1 must be: quorum'],
    [['Quorum none'], 'line 1 must begin with log, witness, group or quorum (found "Quorum")'],
    [['quorum none\r'], 'line 1 must not have control characters'],
    [Array.from({ length: 1025 }, () => ''), 'a policy must have at most 1024 lines'],
  ])('refuses %j', (lines, problem) => {
    expect(parsePolicy(lines.join('\n'))).toContain(problem);
  });
});
