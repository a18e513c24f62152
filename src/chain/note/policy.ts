/** Which logs are trusted, and which witnesses have to have cosigned a checkpoint (C2SP tlog-policy). */
import { COSIGNATURE_V1, ED25519, parseVerifierKey, type VerifierKey } from './verifier-key.js';

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | undefined;
}

export interface PolicyWitness extends PolicyLog {
  /** the name in the policy, which has no meaning outside of it */
  readonly name: string;
}

/** Met when at least `threshold` of the members are. */
interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: ReadonlyMap<string, Group>;
  /** a witness's or a group's name, or `none` */
  readonly quorum: string;
}

/** The standard recommends at least 32 of each. */
const LINES_MAX = 1024;
const NONE = 'none';

/** A policy in the making. */
interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: Map<string, Group>;
  /** names that were listed as a group's member: each may be listed once */
  readonly listed: Set<string>;
  quorum: string | undefined;
}

/** The policy in a file's text; a sentence with the line's number where there is something wrong with it. */
export function parsePolicy(text: string): Policy | string {
  const lines = text.split('\n');
  if (lines.length > LINES_MAX) return `a policy must have at most ${LINES_MAX} lines`;
  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: new Map(),
    listed: new Set(),
    quorum: undefined,
  };
  for (const [place, line] of lines.entries()) {
    const problem = takeLine(draft, line);
    if (problem !== undefined) return `line ${place + 1} ${problem}`;
  }
  const { quorum } = draft;
  return quorum === undefined ? 'a policy must have a quorum line' : { ...draft, quorum };
}

/** Whether cosignatures by these keys are a quorum. */
export function isQuorum(
  { witnesses, groups, quorum }: Policy,
  isCosigner: (key: VerifierKey) => boolean,
): boolean {
  const isMet = (name: string): boolean => {
    const group = groups.get(name);
    if (group !== undefined) return group.members.filter(isMet).length >= group.threshold;
    return witnesses.some((witness) => witness.name === name && isCosigner(witness.key));
  };
  return quorum === NONE || isMet(quorum);
}

function takeLine(draft: Draft, line: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- all control characters but tab are forbidden
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) return 'must not have control characters';
  const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
  if (keyword === undefined || keyword.startsWith('#')) return undefined;
  switch (keyword) {
    case 'log':
      return takeLog(draft, items);
    case 'witness':
      return takeWitness(draft, items);
    case 'group':
      return takeGroup(draft, items);
    case 'quorum':
      return takeQuorum(draft, items);
    default:
      return `must begin with log, witness, group or quorum (found ${JSON.stringify(keyword.slice(0, 40))})`;
  }
}

function takeLog({ logs }: Draft, [vkey = '', url, ...more]: readonly string[]): string | undefined {
  const key = parseVerifierKey(vkey);
  if (key?.type !== ED25519 || more.length > 0) {
    return 'must be: log <Ed25519 verifier key> [<url>]';
  }
  if (logs.some((log) => log.key.publicKey === key.publicKey)) return 'has the key of another log';
  logs.push({ key, url });
  return undefined;
}

function takeWitness(
  draft: Draft,
  [name = '', vkey = '', url, ...more]: readonly string[],
): string | undefined {
  const key = parseVerifierKey(vkey);
  if (key?.type !== COSIGNATURE_V1 || more.length > 0) {
    return 'must be: witness <name> <verifier key of type 0x04, for Ed25519 cosignatures> [<url>]';
  }
  if (draft.witnesses.some((witness) => witness.key.publicKey === key.publicKey)) {
    return 'has the key of another witness';
  }
  const problem = nameProblem(draft, name);
  if (problem === undefined) draft.witnesses.push({ name, key, url });
  return problem;
}

function takeGroup(draft: Draft, [name = '', count = '', ...members]: readonly string[]): string | undefined {
  const threshold = count === 'any' ? 1 : count === 'all' ? members.length : Number(count);
  const isCount = /^(?:any|all|[1-9][0-9]{0,3})$/.test(count);
  if (!isCount || members.length === 0 || threshold > members.length) {
    return 'must be: group <name> <any, all, or a number up to that of its members> <member>…';
  }
  for (const member of members) {
    if (!isDefined(draft, member)) return `names ${member}, which no line before it defines`;
    if (draft.listed.has(member)) return `names ${member}, which is a member already`;
    draft.listed.add(member);
  }
  const problem = nameProblem(draft, name);
  if (problem === undefined) draft.groups.set(name, { threshold, members });
  return problem;
}

function takeQuorum(draft: Draft, [name = '', ...more]: readonly string[]): string | undefined {
  if (name === '' || more.length > 0) return 'must be: quorum <name of a witness or a group, or none>';
  if (draft.quorum !== undefined) return 'is a second quorum line';
  if (name !== NONE && !isDefined(draft, name)) return `names ${name}, which no line before it defines`;
  draft.quorum = name;
  return undefined;
}

function nameProblem(draft: Draft, name: string): string | undefined {
  if (name === NONE) return 'defines none, which means no quorum';
  return isDefined(draft, name) ? `defines ${name} a second time` : undefined;
}

function isDefined({ witnesses, groups }: Draft, name: string): boolean {
  return groups.has(name) || witnesses.some((witness) => witness.name === name);
}
