/** Sends what a follower would log to the user of a command: warnings and errors, as lines. */
import { Logger, type LoggerService } from '@nestjs/common';

/** @param say takes a line without a line feed */
export function useCliLog(say: (line: string) => void): void {
  const lines = (message: unknown): void => {
    for (const line of String(message).split('\n')) say(line);
  };
  const log: LoggerService = { log: () => undefined, debug: () => undefined, warn: lines, error: lines };
  Logger.overrideLogger(log);
}
