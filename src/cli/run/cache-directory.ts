import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folder of this user for what can be lost: XDG on Linux, the system's own place on macOS and Windows. */
export function cacheDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const given = environment['XDG_CACHE_HOME'] ?? ''
  if (given !== '') return join(given, 'afterimage')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'afterimage')
  const local = environment['LOCALAPPDATA'] ?? ''
  if (platform === 'win32' && local !== '') return join(local, 'afterimage', 'cache')
  return join(homedir(), '.cache', 'afterimage')
}
