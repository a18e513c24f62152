// What a process takes of the machine, as the system counts it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const clockTicksPerSecond = 100;

/** What the system holds in memory for a process, in MB. */
export function residentMB({ child }) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) * 1024) / 1e6;
}

/** The most that it held, looked at every few milliseconds while something is done. */
export async function mostResidentMB(server, act) {
  const state = { most: residentMB(server), done: false };
  const watch = async () => {
    while (!state.done) {
      state.most = Math.max(state.most, residentMB(server));
      await sleep(20);
    }
  };
  const watching = watch();
  try {
    await act();
  } finally {
    state.done = true;
    await watching;
  }
  return state.most;
}

/** Seconds that a process has used processors, all its threads together. */
export function processorSeconds({ child }) {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  // The name, in brackets, may have spaces in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}
