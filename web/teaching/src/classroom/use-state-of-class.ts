/** The classroom's state, asked for again and again, and the two things that a page can do. */
import { useEffect, useState } from 'preact/hooks';
import type { ClassroomState, NetworkName } from '../../../../src/teaching/classroom/state.js';

const LOOK_MS = 700;

export interface Class {
  /** undefined before the first answer */
  readonly state: ClassroomState | undefined;
  readonly isLost: boolean;
}

export function useClass(): Class {
  const [seen, setSeen] = useState<Class>({ state: undefined, isLost: false });
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      try {
        const answer = await fetch('/state');
        const state = (await answer.json()) as ClassroomState;
        setSeen({ state, isLost: false });
      } catch {
        setSeen(({ state }) => ({ state, isLost: true }));
      }
      if (!isOver) setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      isOver = true;
    };
  }, []);
  return seen;
}

export async function addLoad(network: NetworkName): Promise<void> {
  await act('/load', JSON.stringify({ network }));
}

export async function switchNode(name: string, action: 'start' | 'stop'): Promise<void> {
  await act(`/nodes/${encodeURIComponent(name)}/${action}`, '{}');
}

/** What comes of it is in the next state. */
async function act(path: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(path, { method: 'POST', headers, body }).catch(() => undefined);
}
