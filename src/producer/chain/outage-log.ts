/** Logs that something fails and that it works again, once each, however often it is tried meanwhile. */

/** The log to write to. */
interface Lines {
  log(message: string): void;
  warn(message: string): void;
}

export class OutageLog {
  /** Why each thing that fails does, by its name. */
  private readonly reasons = new Map<string, string>();

  constructor(private readonly lines: Lines) {}

  /**
   * @param what fails: what fails for the same reason again is the same outage
   * @param line what to log when it begins
   */
  failed(what: string, reason: string, line: string): void {
    if (this.reasons.get(what) === reason) return;
    this.reasons.set(what, reason);
    this.lines.warn(line);
  }

  /** @param line what to log if it had failed; undefined where something else tells */
  worked(what: string, line?: string): void {
    if (this.reasons.delete(what) && line !== undefined) this.lines.log(line);
  }
}
