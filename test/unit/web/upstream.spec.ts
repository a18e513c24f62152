import type { Details, FaultItem } from '../../../web/src/api/types.js';
import {
  isOfFrozen,
  isStopped,
  ofUpstreams,
  upstreamState,
  type KnownState,
} from '../../../web/src/api/upstream.js';

const STOPPED = 'aka is no longer followed because http://x is at fault: FORKED: … (see GET /faults)';
const REFUSED = 'GET /chains: connect ECONNREFUSED';

function state(details: Details, troubles?: readonly string[], faults = 0): KnownState {
  const status = troubles === undefined ? undefined : { details, troubles };
  return { chains: { details }, status, faults: Array.from({ length: faults }, () => ({}) as FaultItem) };
}

const LEVEL = { upstream_state: 'answers', unreachable_since: null, last_error: null };
const AWAY = { upstream_state: 'unreachable', unreachable_since: 7, last_error: REFUSED };

describe('how a follower stands with its upstream', () => {
  it.each<[string, KnownState, boolean, object | undefined]>([
    ['level', state(LEVEL, []), false, undefined],
    ['without an answer', state(AWAY, []), false, { since: 7, isOther: false, reason: REFUSED }],
    ['the same before its first status', state(AWAY), false, { since: 7, isOther: false, reason: REFUSED }],
    [
      'with another answer than a node’s',
      state({ ...AWAY, upstream_state: 'not_a_node', last_error: 'x' }, []),
      false,
      { since: 7, isOther: true, reason: 'x' },
    ],
    ['with an answer that could not be pulled', state({ ...LEVEL, last_error: 'x' }, []), false, undefined],
    ['at fault', state(LEVEL, [STOPPED], 1), true, undefined],
    ['at fault, before its first status', state(LEVEL, undefined, 1), true, undefined],
    ['at fault in the past', state(LEVEL, [], 1), false, undefined],
    ['not ready for another reason', state(LEVEL, ['blocks cannot be stored: full'], 1), false, undefined],
  ])('%s', (_name, node, isAtFault, away) => {
    expect(upstreamState(node)).toEqual({ isAtFault, away });
  });

  it('is not accused of what froze a chain', () => {
    const trouble =
      'aka is no longer followed because its producer told two stories, so it is frozen for good: FORKED: … (see GET /chains/aka/evidence)';
    const node = { ...state(LEVEL, [trouble]), faults: [{ frozen: true } as unknown as FaultItem] };
    expect(upstreamState(node)).toEqual({ isAtFault: false, away: undefined });
    expect(ofUpstreams(node.faults)).toEqual([]);
    expect([trouble, STOPPED].map(isOfFrozen)).toEqual([true, false]);
  });

  it('says which chains are no longer followed', () => {
    const node = state({ fault_gold: 'FORKED', fault_silver: null }, [STOPPED], 1);
    expect(['gold', 'silver', 'notes'].map((name) => isStopped(node, name))).toEqual([true, false, false]);
  });
});
