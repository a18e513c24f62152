/** A follower that lies to its clients: it changes a field, reorders or hides data, or sends no answer. */
import type { NetworkRequest, ServerAnswer } from '../network/network.js';
import type { Random } from '../world/random.js';
import type { Trace } from '../world/trace.js';
import { textAnswer } from './answers.js';
import { FollowerMachine, type FollowerOptions } from './follower-machine.js';
import type { World } from './world.js';

const LIES = ['digit', 'cut', 'hide', 'repeat', 'silence', 'flood', 'truth'] as const;
export type Lie = (typeof LIES)[number];

/** How long it tells one kind of lie, on average. */
const LIE_MS = 120_000;
const FLOOD_BYTES = 1_000_000;

export class Liar extends FollowerMachine {
  private readonly chanceToLie: Random;
  private lie: Lie = 'truth';
  private until = 0;
  private isHonest = false;

  constructor(world: World, name: string, options: FollowerOptions) {
    super(world, name, options);
    this.chanceToLie = world.chance.fork(`lies of ${name}`);
  }

  /** It tells the truth from now on. */
  repent(): void {
    this.isHonest = true;
  }

  override async answer(request: NetworkRequest): Promise<ServerAnswer> {
    const answer = await super.answer(request);
    if (this.isHonest || request.method !== 'GET' || answer.stream !== undefined || answer.status !== 200) {
      return answer;
    }
    const { timeline, trace } = this.world;
    if (timeline.now >= this.until) {
      this.lie = this.chanceToLie.pick(LIES);
      this.until = timeline.now + this.chanceToLie.wait(LIE_MS);
      trace.line(this.name, `lies from now on: ${this.lie}`);
    }
    return told(this.lie, answer, request, this.chanceToLie, trace);
  }
}

async function told(
  lie: Lie,
  answer: ServerAnswer,
  { path }: NetworkRequest,
  chance: Random,
  trace: Trace,
): Promise<ServerAnswer> {
  const text = Buffer.from(answer.body).toString();
  const type = answer.headers['content-type'] ?? '';
  const as = (other: string): ServerAnswer => textAnswer(200, type, Buffer.from(other));
  switch (lie) {
    case 'truth':
      return answer;
    case 'digit': {
      const wrong = otherDigit(text, chance);
      trace.line('liar', `changes a digit of ${path}`);
      return as(wrong);
    }
    case 'cut':
      return as(text.slice(0, chance.below(text.length)));
    case 'hide':
      return path === '/chains' ? as(withoutChain(text, chance)) : answer;
    case 'repeat': {
      const lines = text.split('\n');
      return as([lines[0] ?? '', ...lines].join('\n'));
    }
    case 'silence':
      return new Promise(() => undefined);
    case 'flood':
      return as(`${text}${'x'.repeat(FLOOD_BYTES)}`);
  }
}

/** One digit or letter anywhere is another. */
function otherDigit(text: string, chance: Random): string {
  const place = chance.below(text.length);
  const [found = ''] = /[0-9a-f]/.exec(text.slice(place)) ?? [];
  const at = found === '' ? 0 : text.indexOf(found, place);
  const other = found === '0' ? '1' : '0';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}

function withoutChain(text: string, chance: Random): string {
  const answer = JSON.parse(text) as { chains: unknown[] };
  answer.chains.splice(chance.below(answer.chains.length), 1);
  return JSON.stringify(answer);
}
