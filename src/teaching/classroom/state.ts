/** The state shown on the classroom's page, as `GET /state` returns it. */

export interface NodeState {
  /** unique in the classroom */
  readonly name: string;
  readonly url: string;
  readonly isRunning: boolean;
}

export interface BlockState {
  readonly index: number;
  readonly hash: string;
  readonly transactions: number;
  /** its creator, if the name is known */
  readonly by: string;
}

export interface MinerState extends NodeState {
  readonly length: number;
  readonly pending: number;
  readonly isMining: boolean;
  readonly tries: number;
  /** the last ones, oldest first */
  readonly blocks: readonly BlockState[];
  /** how often it replaced its own blocks with a longer chain */
  readonly replacements: number;
}

export interface ProofOfWorkState {
  readonly zeros: number;
  readonly expectedTries: number;
  readonly nodes: readonly MinerState[];
}

export interface ValidatorState extends NodeState {
  readonly stake: number;
  /** the sum of all connected stakes */
  readonly share: number;
  readonly wins: number;
  /** whether it takes part in the next lottery, as of now */
  readonly isCandidate: boolean;
}

export interface ProofOfStakeState {
  readonly roundMs: number;
  readonly nextLotteryInMs: number;
  readonly server: NodeState;
  readonly validators: readonly ValidatorState[];
  readonly length: number;
  readonly blocks: readonly BlockState[];
  readonly rounds: number;
}

export interface SmartNodeState extends NodeState {
  readonly role: 'producer' | 'follower';
  readonly length: number;
  /** the producer's waiting entries */
  readonly pending: number;
  readonly blocks: readonly BlockState[];
  /** blocks of the producer that it has not verified yet */
  readonly behind: number;
}

export interface SmartState {
  readonly blockIntervalMs: number;
  readonly nodes: readonly SmartNodeState[];
}

export interface EventState {
  readonly id: number;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly network: NetworkName;
  readonly text: string;
}

export type NetworkName = 'proof_of_work' | 'proof_of_stake' | 'bpsc';

export interface ClassroomState {
  readonly proof_of_work: ProofOfWorkState;
  readonly proof_of_stake: ProofOfStakeState;
  readonly bpsc: SmartState;
  /** newest first */
  readonly events: readonly EventState[];
}
