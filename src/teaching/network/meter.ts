/** Loaded into a node before its own code (`--import`): reports the node's resource use to its parent. */
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

/** The resource use of this process since this module was loaded. */
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
  // The parent's channel must not keep the process alive.
  process.channel?.unref();
}
