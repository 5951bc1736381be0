import { createWriteStream, existsSync } from 'node:fs'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../blobs/durable.ts'
import { toStorageFault } from '../core/storage-fault.ts'
import { AfterimageError } from '../core/errors.ts'

/** @throws AfterimageError `conflict`: the file may be the only copy of something */
export function refuseExisting(file: string): void {
  if (existsSync(file))
    throw new AfterimageError('conflict', `${file} exists already; choose another name or remove it.`)
}

/**
 * Writes a file that appears under its name when it is whole and durable. Only its owner may read it: prompts and the
 * hashes of keys are in it.
 * @throws AfterimageError `conflict` when it exists, `storage_full`
 */
export async function writeNewFile<T>(
  file: string,
  fill: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  refuseExisting(file)
  const draft = `${file}.part`
  const stream = createWriteStream(draft, { mode: 0o600, flush: true })
  const closed = once(stream, 'close')
  closed.catch(() => undefined)
  try {
    const result = await fill(async (text) => {
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), closed])
    })
    stream.end()
    await closed
    await rename(draft, file)
    await syncDirectory(dirname(file))
    return result
  } catch (error) {
    stream.destroy()
    await rm(draft, { force: true })
    throw toStorageFault(error)
  }
}
