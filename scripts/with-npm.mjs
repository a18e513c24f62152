// Ends a script when npm, which started it, ends: a killed npm, or one whose terminal is gone, passes no signal on.
import path from 'node:path';

const lookEveryMs = 250;

/** To be called first of all. The script gets a SIGTERM. */
export function endWithNpm() {
  // Somebody's own script, that starts this one and ends, may want it to run on.
  const isByNpm = process.env.npm_lifecycle_script?.includes(path.basename(process.argv[1])) ?? false;
  if (!isByNpm) return;
  // npm itself: the script in package.json begins with `exec`, so that the shell in between makes way.
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs).unref();
}
