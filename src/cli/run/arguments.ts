/** The words of the command line: which are files, which is the instruction. */
import { statSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AfterimageError } from '../../core/errors.ts'

export type RunWords = {
  /** Paths as they were given or as a pattern found them; each file once. */
  files: readonly string[]
  instruction: string | null
}

const IMAGE_ENDING = /\.(?:jpe?g|png|webp|avif|gif|tiff?|hei[cf])$/iu
const WILDCARD = /[*?[\]{}]/u

/**
 * The last word is the instruction, unless it is or looks like a file: a mistyped file name that was taken for an
 * instruction would run the wrong thing on all other files.
 * @throws AfterimageError `invalid_request` for a missing file, a folder, or a pattern without a match
 */
export async function readWords(words: readonly string[]): Promise<RunWords> {
  const last = words.at(-1)
  const hasInstruction = words.length > 1 && last !== undefined && !isFileLike(last)
  const names = hasInstruction ? words.slice(0, -1) : words
  const found = await Promise.all(names.map(findFiles))
  return { files: unique(found.flat()), instruction: hasInstruction ? last.trim() : null }
}

function isFileLike(word: string): boolean {
  return IMAGE_ENDING.test(word) || (WILDCARD.test(word) && !/\s/u.test(word)) || kindOf(word) !== null
}

function kindOf(path: string): 'file' | 'folder' | null {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return null
  return stats.isDirectory() ? 'folder' : 'file'
}

/** A name that exists is never a pattern: shells hand over `photo[1].jpg` as it is. */
async function findFiles(word: string): Promise<string[]> {
  const kind = kindOf(word)
  if (kind === 'file') return [word]
  if (kind === 'folder')
    throw usage(
      `"${word}" is a folder; name the files in it, for example "${word.replace(/[\\/]+$/u, '')}/*.jpg".`,
    )
  if (!WILDCARD.test(word))
    throw usage(`"${word}" does not exist. Check the name; an instruction goes last, in quotes.`)
  const found = (await Array.fromAsync(glob(word))).filter((path) => kindOf(path) === 'file').sort()
  if (found.length === 0) throw usage(`"${word}" matches no file; check the folder and the ending.`)
  return found
}

function unique(paths: readonly string[]): string[] {
  return [...new Map(paths.map((path) => [resolve(path), path])).values()]
}

function usage(message: string): AfterimageError {
  return new AfterimageError('invalid_request', message)
}
