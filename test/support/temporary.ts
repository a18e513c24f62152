/** Folders that are gone after the tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A new empty folder; call {@link removeTemporary} in afterAll. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bpsc-test-'));
  made.push(folder);
  return folder;
}

export function removeTemporary(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
