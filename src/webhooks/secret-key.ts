/** The key of this server, which encrypts what must be readable again: a file beside the database. */
import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AfterimageError } from '../core/errors.ts'

const FILE_NAME = 'secret.key'
const KEY_BYTES = 32
const MIN_LENGTH = 32

/**
 * Reads `secret.key` in the data folder, or makes it, for its owner only. Processes that start together agree on one.
 * @returns its text, 43 random characters when we made it
 * @throws AfterimageError `unavailable` when it cannot be read or written, or is too short to be a key
 */
export async function loadSecretKey(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, FILE_NAME)
  try {
    const key = (await read(file)) ?? (await create(file))
    if (key.length >= MIN_LENGTH) return key
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new AfterimageError('unavailable', `${file}: the key of this server cannot be read (${reason}).`, {
      cause: error,
    })
  }
  throw new AfterimageError(
    'unavailable',
    `${file}: the key of this server is shorter than ${MIN_LENGTH} characters; restore the file from a backup.`,
  )
}

async function read(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Linked into place whole: nobody can read half a key, and who comes second takes the one that is there. */
async function create(file: string): Promise<string> {
  const key = randomBytes(KEY_BYTES).toString('base64url')
  const draft = `${file}.${randomUUID()}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${key}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(draft, file)
    return key
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    return (await read(file)) ?? key
  } finally {
    await unlink(draft)
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
