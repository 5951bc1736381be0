/** Which built-in engine this is. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The engine and the pixel code that it stands on. */
const OWN_CODE = [new URL('./', import.meta.url), new URL('../../imaging/', import.meta.url)]

/**
 * A hash of the engine's own code and of what its networks are. Not the version of the package: between two versions the
 * code changes too. Read once, when it is first asked for.
 * @param weightsDirectory the manifests there name the weights by their sha256
 */
export function createLocalRevision(weightsDirectory: string): () => Promise<string> {
  const folders = [...OWN_CODE.map((folder) => fileURLToPath(folder)), weightsDirectory]
  let known: Promise<string> | undefined
  return () => {
    known ??= hashOf(folders).catch((error: unknown) => {
      // A disk that was away for a moment is asked again the next time.
      known = undefined
      throw error
    })
    return known
  }
}

async function hashOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const file of await codeFiles(folder))
      hash.update(`${file}\n`).update(await readFile(join(folder, file)))
  return hash.digest('hex')
}

async function codeFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true })
  return files.filter((file) => /\.(?:ts|js|json)$/u.test(file) && !/\.test\.[tj]s$/u.test(file)).sort()
}
