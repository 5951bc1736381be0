/** The public corpus of malformed images; it lies beside the project and is not part of it. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ARCHIVE = fileURLToPath(new URL('../../../shared/corpus/malformed-images.tgz', import.meta.url))
const FILES = 1807

export type Corpus = { files: readonly string[]; dispose: () => void }

/** The unpacked files; null, with one line of explanation, where the archive is not there. */
export function openCorpus(): Corpus | null {
  if (!existsSync(ARCHIVE)) {
    process.stderr.write(
      'corpus of malformed images is not at ../shared/corpus: only our own mutants are tried\n',
    )
    return null
  }
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-corpus-'))
  const unpacked = spawnSync('tar', ['-xzf', ARCHIVE, '-C', directory])
  const files = globSync(join(directory, '**/*')).filter(
    (path) => statSync(path).isFile() && !path.includes('LICENSES') && !path.endsWith('MANIFEST.tsv'),
  )
  // A broken archive must not pass as success.
  if (unpacked.status !== 0 || files.length !== FILES)
    throw new Error(`the corpus has ${files.length} files instead of ${FILES}: ${String(unpacked.stderr)}`)
  return { files, dispose: () => rmSync(directory, { recursive: true }) }
}
