/** Whether a path leads into a folder. */
import path from 'node:path';

/** @param file absolute. @param folder absolute */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
