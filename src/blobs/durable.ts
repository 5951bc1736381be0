/** What every durable write to a file system needs: synced folders, and errors told apart by their code. */
import { open } from 'node:fs/promises'

/** What file systems answer that do not sync folders (some network and FUSE ones). */
const UNSUPPORTED_CODES = ['EINVAL', 'ENOTSUP']
/** What systems answer that cannot even open a folder (Windows). */
const UNOPENABLE_CODES = ['EISDIR', 'EPERM', 'EACCES', 'EBADF']

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/**
 * Makes the entries of a folder durable: a rename lives in the folder, not in the file.
 * Where the system cannot do it, nothing better exists and the call is a no-op.
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    const harmless = process.platform === 'linux' ? [] : UNOPENABLE_CODES
    if (!hasCode(error, ...UNSUPPORTED_CODES, ...harmless)) throw error
  }
}
