/** Logs that something fails and that it works again, once each, however often it is retried in between. */

/** The part of a logger that is used. */
interface Lines {
  log(message: string): void;
  warn(message: string): void;
}

export class OutageLog {
  /** The reason of each current failure, by name. */
  private readonly reasons = new Map<string, string>();

  constructor(private readonly lines: Lines) {}

  /**
   * @param what the name of the failing part: if it fails again for the same reason, it is the same outage
   * @param line the line to log when the outage begins
   */
  failed(what: string, reason: string, line: string): void {
    if (this.reasons.get(what) === reason) return;
    this.reasons.set(what, reason);
    this.lines.warn(line);
  }

  /** @param line the line to log if it had failed; undefined if that is logged elsewhere */
  worked(what: string, line?: string): void {
    if (this.reasons.delete(what) && line !== undefined) this.lines.log(line);
  }
}
