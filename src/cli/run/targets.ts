/** Where the results go. */
import { statSync } from 'node:fs'
import { basename, dirname, extname, join, parse } from 'node:path'
import { AfterimageError } from '../../core/errors.ts'
import type { OutputFormat } from '../../core/job.ts'
import { OUTPUT_FORMATS } from '../../core/job.ts'

export type TargetOptions = {
  /** `-o`: a file for one input, a folder for several. */
  output: string | undefined
  /** `--out-pattern`: a path with `{name}`, `{operation}`, `{index}` and `{ext}`. */
  pattern: string | undefined
  format: OutputFormat | undefined
  /** Last part of the usual name, `edit` in `photo-edit.png`. */
  operation: string
}

export type Targets = {
  /** One path for each input, all different. */
  paths: readonly string[]
  format: OutputFormat
}

const ENDINGS: Readonly<Record<string, OutputFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
}
/** Loses nothing, and every program opens it. */
const USUAL_FORMAT: OutputFormat = 'png'
const PLACEHOLDER = /\{(\w*)\}/gu

/**
 * Names the output of each input. Without `-o` it lies beside its input.
 * @throws AfterimageError `invalid_request` when the options contradict each other or name no known format
 */
export function nameTargets(inputs: readonly string[], options: TargetOptions): Targets {
  if (options.output !== undefined && options.pattern !== undefined)
    throw usage('Give either -o or --out-pattern, not both.')
  const file = fileOf(inputs, options)
  if (file !== null) {
    const format = formatOf(file, options.format)
    return { paths: [file], format }
  }
  const format = options.format ?? formatOfPattern(options.pattern)
  const paths = inputs.map((input, index) => nameOne(input, index, { ...options, format }))
  return { paths: distinct(paths), format }
}

/** `-o` as a single file, or null when it is a folder or absent. */
function fileOf(inputs: readonly string[], { output, format }: TargetOptions): string | null {
  if (output === undefined || isFolder(output)) return null
  const ending = extname(output).toLowerCase()
  if (ending === '' && (inputs.length > 1 || format === undefined)) return null
  if (inputs.length === 1) return output
  throw usage(
    `-o "${output}" is one file, but there are ${inputs.length} inputs; name a folder, like "out/".`,
  )
}

function isFolder(path: string): boolean {
  return /[\\/]$/u.test(path) || (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)
}

/** The ending is what other programs go by, so a `--format` that contradicts it is a mistake. */
function formatOf(file: string, wanted: OutputFormat | undefined): OutputFormat {
  const ending = extname(file).toLowerCase()
  const found = ENDINGS[ending]
  if (found === undefined && ending !== '')
    throw usage(`"${file}": results can be ${OUTPUT_FORMATS.join(', ')}; give the file such an ending.`)
  if (found !== undefined && wanted !== undefined && wanted !== found)
    throw usage(`"${file}" ends in ${ending}, but --format is ${wanted}; give one of the two.`)
  return found ?? wanted ?? USUAL_FORMAT
}

function formatOfPattern(pattern: string | undefined): OutputFormat {
  if (pattern === undefined || extname(pattern).includes('{')) return USUAL_FORMAT
  return formatOf(pattern, undefined)
}

function nameOne(input: string, index: number, options: TargetOptions & { format: OutputFormat }): string {
  const { output, pattern, operation, format } = options
  const words = {
    name: parse(input).name,
    operation,
    index: String(index + 1),
    ext: format === 'jpeg' ? 'jpg' : format,
  }
  if (pattern !== undefined) return fill(pattern, words)
  return join(output ?? dirname(input), `${words.name}-${operation}.${words.ext}`)
}

function fill(pattern: string, words: Readonly<Record<string, string>>): string {
  return pattern.replace(PLACEHOLDER, (whole, word: string) => {
    const value = words[word]
    if (value !== undefined) return value
    const known = Object.keys(words).map((name) => `{${name}}`)
    throw usage(`--out-pattern: ${whole} is not known; use ${known.join(', ')}.`)
  })
}

/** `a/cat.jpg` and `b/cat.jpg` into one folder: the second becomes `cat-edit-2.png`, always in the same order. */
function distinct(paths: readonly string[]): string[] {
  const taken = new Set<string>()
  return paths.map((path) => {
    let name = path
    for (let number = 2; taken.has(name); number += 1) name = numbered(path, number)
    taken.add(name)
    return name
  })
}

/** Where result number `index` of an input goes, from 0: the first to the target itself. */
export function numberedTarget(target: string, index: number): string {
  return index === 0 ? target : numbered(target, index + 1)
}

/** `dir/photo.png` with 2 is `dir/photo-2.png`. */
function numbered(path: string, number: number): string {
  const { dir, name, ext } = parse(path)
  return join(dir, `${name}-${number}${ext}`)
}

/** The format that the ending of a path promises; null for other endings. */
export function promisedFormat(path: string): OutputFormat | null {
  return ENDINGS[extname(path).toLowerCase()] ?? null
}

/** What to call a file in messages when its whole path would be too long for a line. */
export function shortName(path: string): string {
  const name = basename(path)
  const MAX = 28
  return name.length <= MAX ? name : `${name.slice(0, 12)}…${name.slice(-(MAX - 13))}`
}

function usage(message: string): AfterimageError {
  return new AfterimageError('invalid_request', message)
}
