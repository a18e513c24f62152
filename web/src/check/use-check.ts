/** The worker, for components. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Fault } from '../../../src/chain/faults.js';
import { ApiError } from '../api/get.js';
import type { ProvenEntry, ReceiptProblem } from '../../../src/chain/proof/receipt.js';
import type { EntryWire } from '../api/types.js';
import type { EntryCheck, OpenedHeader, PathFound, Reply, Request } from './messages.js';
import type { Step } from './steps.js';

function startWorker(hear: (reply: Reply) => void): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => hear(data));
  worker.addEventListener('error', ({ message }) => {
    hear({
      type: 'failed',
      status: -1,
      code: 'INTERNAL',
      message: message === '' ? 'The checker stopped.' : message,
    });
  });
  return worker;
}

export interface BlockCheck {
  readonly opened:
    | {
        readonly header: OpenedHeader;
        readonly headerText: string;
        readonly entries: number;
        readonly characters: number;
      }
    | undefined;
  readonly steps: readonly Step[];
  readonly share: number;
  readonly verdict: { readonly fault: Fault | undefined; readonly ms: number } | undefined;
  readonly page: { readonly from: number; readonly entries: readonly EntryWire[] } | undefined;
  readonly error: ApiError | undefined;
}

const NOTHING: BlockCheck = {
  opened: undefined,
  steps: [],
  share: 0,
  verdict: undefined,
  page: undefined,
  error: undefined,
};

/** Checks a block at once; entries are asked for page by page, so that the page never holds them all. */
export function useBlockCheck(
  chain: string,
  index: number,
): BlockCheck & { readonly ask: (from: number, to: number) => void } {
  const [check, setCheck] = useState(NOTHING);
  const worker = useRef<Worker | undefined>(undefined);
  const send = (request: Request): void => worker.current?.postMessage(request);
  useEffect(() => {
    setCheck(NOTHING);
    const started = startWorker((reply) => setCheck((before) => after(before, reply)));
    worker.current = started;
    send({ type: 'check', chain, index });
    return () => started.terminate();
  }, [chain, index]);
  const ask = useCallback((from: number, to: number) => send({ type: 'page', from, to }), []);
  return { ...check, ask };
}

function after(before: BlockCheck, reply: Reply): BlockCheck {
  switch (reply.type) {
    case 'opened':
      return { ...before, opened: reply };
    case 'progress':
      return { ...before, steps: reply.steps, share: reply.share };
    case 'verdict':
      return { ...before, steps: reply.steps, share: 1, verdict: reply };
    case 'page':
      return { ...before, page: reply };
    case 'failed':
      return { ...before, error: new ApiError(reply.status, reply.code, reply.message) };
    default:
      return before;
  }
}

export interface EntryProof {
  readonly check: EntryCheck | undefined;
  readonly found: PathFound | undefined;
  readonly isLooking: boolean;
  readonly error: ApiError | undefined;
  /** fetches the entry's block and finds the way to its root */
  readonly prove: (index: number, id: string) => void;
}

/** Checks an entry by itself at once, and its place in its block when it is asked to. */
export function useEntryCheck(chain: string | undefined, entry: object | undefined): EntryProof {
  const [check, setCheck] = useState<EntryCheck>();
  const [found, setFound] = useState<PathFound>();
  const [error, setError] = useState<ApiError>();
  const [isLooking, setLooking] = useState(false);
  const worker = useRef<Worker | undefined>(undefined);
  const text = entry === undefined ? undefined : JSON.stringify(entry);
  useEffect(() => {
    if (chain === undefined) return undefined;
    const started = startWorker((reply) => {
      if (reply.type === 'entry') setCheck(reply.check);
      if (reply.type === 'path') setFound(reply.found);
      if (reply.type === 'failed') setError(new ApiError(reply.status, reply.code, reply.message));
      if (reply.type !== 'entry') setLooking(false);
    });
    worker.current = started;
    return () => started.terminate();
  }, [chain]);
  useEffect(() => {
    if (chain === undefined || text === undefined) return;
    const request: Request = {
      type: 'entry',
      chain,
      entry: JSON.parse(text) as Readonly<Record<string, unknown>>,
    };
    worker.current?.postMessage(request);
  }, [chain, text]);
  const prove = (index: number, id: string): void => {
    if (chain === undefined) return;
    setLooking(true);
    setError(undefined);
    const request: Request = { type: 'path', chain, index, id };
    worker.current?.postMessage(request);
  };
  return { check, found, isLooking, error, prove };
}

/** Checks a receipt against these verifier keys; undefined until it is done. */
export function useReceiptCheck(
  text: string | undefined,
  keys: readonly string[],
): ProvenEntry | ReceiptProblem | undefined {
  const [checked, setChecked] = useState<{ of: string; result: ProvenEntry | ReceiptProblem }>();
  const worker = useRef<Worker | undefined>(undefined);
  /** what was sent and not answered yet, in order */
  const sent = useRef<string[]>([]);
  const of = JSON.stringify([text, keys]);
  // One worker for the page: by the time a receipt comes, it has loaded.
  useEffect(() => {
    const started = startWorker((reply) => {
      const answered = sent.current.shift();
      if (answered === undefined) return;
      if (reply.type === 'receipt') setChecked({ of: answered, result: reply.result });
      if (reply.type === 'failed') setChecked({ of: answered, result: { problem: reply.message } });
    });
    worker.current = started;
    return () => started.terminate();
  }, []);
  useEffect(() => {
    if (text === undefined) return;
    const request: Request = { type: 'receipt', text, keys };
    sent.current.push(of);
    worker.current?.postMessage(request);
  }, [of]);
  return checked?.of === of ? checked.result : undefined;
}
