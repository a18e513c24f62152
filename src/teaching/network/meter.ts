/** Loaded into a node before its own code (`--import`): tells its parent what the node has used so far. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface Usage {
  /** of all its threads */
  readonly cpuSeconds: number;
  /** by all of its TCP connections */
  readonly bytesReceived: number;
}

const USAGE = 'usage';
let bytesOfClosed = 0;
const open = new Set<Socket>();

function watch(message: unknown): void {
  const { socket } = message as { socket: Socket };
  open.add(socket);
  socket.once('close', () => {
    open.delete(socket);
    bytesOfClosed += socket.bytesRead;
  });
}

/** Of this process, from the time when this module was loaded. */
export function usage(): Usage {
  let bytesReceived = bytesOfClosed;
  for (const socket of open) bytesReceived += socket.bytesRead;
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, bytesReceived };
}

subscribe('net.client.socket', watch);
subscribe('net.server.socket', watch);
if (process.send !== undefined) {
  process.on('message', (message) => {
    if (message === USAGE) process.send?.(usage());
  });
  // The parent's channel alone is no reason to stay.
  process.channel?.unref();
}
