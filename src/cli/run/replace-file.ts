/** Files that are whole or not there: written aside, synced, then put in place in one step. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AfterimageError } from '../../core/errors.ts'

type Content = Uint8Array | AsyncIterable<Uint8Array>

/** Puts the content at `path`, over whatever lies there. */
export async function replaceFile(path: string, content: Content): Promise<void> {
  await writeAside(path, content, (aside) => rename(aside, path))
}

/**
 * Puts the content at `path` unless something lies there.
 * @throws AfterimageError `conflict`
 */
export async function createFile(path: string, content: Content): Promise<void> {
  await writeAside(path, content, (aside) => linkOrRename(aside, path))
}

async function writeAside(
  path: string,
  content: Content,
  place: (aside: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`)
  try {
    const handle = await open(aside, 'wx')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await place(aside)
  } finally {
    await rm(aside, { force: true })
  }
}

/** A link never replaces, which a rename does. File systems without links get the rename after a look. */
async function linkOrRename(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') throw alreadyThere(path)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error
    await renameToFree(aside, path)
  }
}

async function renameToFree(aside: string, path: string): Promise<void> {
  const claim = await open(path, 'wx').catch(() => {
    throw alreadyThere(path)
  })
  await claim.close()
  await rename(aside, path)
}

/** The refusal to overwrite, with the way out. */
export function alreadyThere(path: string): AfterimageError {
  return new AfterimageError(
    'conflict',
    `${path} exists already and is not a result of this command; choose another -o, or --force to overwrite it`,
  )
}
