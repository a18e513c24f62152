/** A validator of the proof-of-stake chain, as a person with `nc` would be. */
import { connect, type Socket } from 'node:net';
import { sha256 } from '../pos/blocks.js';

const ASK_BALANCE = 'Enter token balance:';
const ASK_BPM = '\nEnter a new BPM:';

export class ValidatorClient {
  private socket: Socket | undefined;
  private isAccepted = false;

  constructor(
    readonly name: string,
    readonly stake: number,
  ) {}

  get isConnected(): boolean {
    return this.isAccepted;
  }

  /** Resolves when the server has accepted the stake. */
  async connect(port: number): Promise<void> {
    this.disconnect();
    const socket = connect(port, '127.0.0.1');
    this.socket = socket;
    let text = '';
    await new Promise<void>((resolve, reject) => {
      socket.setEncoding('utf8');
      socket.on('data', (part: string) => {
        if (this.isAccepted) return;
        text += part;
        if (text === ASK_BALANCE) socket.write(`${this.stake}\n`);
        if (!text.endsWith(ASK_BPM)) return;
        this.isAccepted = true;
        resolve();
      });
      socket.on('error', reject);
      socket.once('close', () => {
        if (this.socket === socket) this.isAccepted = false;
        reject(new Error(`${this.name} lost its connection`));
      });
    });
  }

  propose(bpm: number): void {
    this.socket?.write(`${bpm}\n`);
  }

  disconnect(): void {
    this.isAccepted = false;
    this.socket?.destroy();
    this.socket = undefined;
  }
}

/** A payment as a number, since a block of this chain contains nothing else. */
export function bpmOf(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16);
}
