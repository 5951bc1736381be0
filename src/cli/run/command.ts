/** `afterimage run`: files in, files out, through the HTTP API of a server that runs already or inside this process. */
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { OUTPUT_FORMATS } from '../../core/job.ts'
import { addDataFlag } from '../settings.ts'
import type { RunFlags } from './run.ts'

const DEFAULT_MODEL = 'afterimage/edit'
const DEFAULT_CONCURRENCY = 2
/** Faults of the command line; 1 is for files that failed. */
const USAGE = 2

const EXAMPLES = `
Examples:
  afterimage run photo.jpg "make it a warm pencil sketch" -o sketch.png
  afterimage run "photos/*.jpg" "golden hour, crop to 4:5" -o out/ --format jpeg
  afterimage run photo.jpg --model afterimage/upscale --scale 4

The same command again goes on where it was stopped. Its notes lie in the data folder, in runs/
(with --url in the cache folder of the user).
Exit codes: 0 all done, 1 some files failed, 2 the command is not right, 130 stopped with Ctrl-C.`

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('change images: files or patterns, then what to do with them')
    .argument('<words...>', 'image files or patterns in quotes, then the instruction')
    .option('-o, --output <path>', 'file for one input, folder for several (default: beside each input)')
    .option('--out-pattern <path>', 'path with {name}, {operation}, {index} and {ext}')
    .option('-m, --model <name>', 'model of the catalogue', DEFAULT_MODEL)
    .option('--scale <factor>', 'enlarge by this factor', toNumber)
    .option('--width <px>', 'width of the result', toWhole)
    .option('--height <px>', 'height of the result', toWhole)
    .option('--aspect-ratio <w:h>', 'such as 4:5')
    .option('--seed <number>', 'same request and seed, same pixels', toWhole)
    .option('--creativity <0..1>', 'how much may be invented', toNumber)
    .option('--strength <0..1>', 'how far from the source', toNumber)
    .addOption(new Option('--format <format>', 'format of the results').choices([...OUTPUT_FORMATS]))
    .option('--quality <1..100>', 'of JPEG, WebP and AVIF', toWhole)
    .option('--set <field=value>', 'any other field of the model; may be repeated', collect)
    .option('-j, --concurrency <number>', 'files at once', toCount, DEFAULT_CONCURRENCY)
    .option('--json', 'one JSON object a line')
    .option('--force', 'overwrite existing files and do finished ones again')
    .option('--url <address>', 'server to use instead of one in this process (AFTERIMAGE_URL)')
    .option('--api-key <key>', 'key for that server (AFTERIMAGE_API_KEY)')
    .addHelpText('after', EXAMPLES)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
  addDataFlag(command).action(async (words: string[], flags: RunFlags) => {
    // Loaded when it is needed: the start of a server must not wait for it.
    const { run } = await import('./run.ts')
    process.exitCode = await run(words, flags)
  })
}

function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

function toWhole(text: string): number {
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

function toCount(text: string): number {
  const value = toWhole(text)
  if (value < 1 || value > 64) throw new InvalidArgumentError('Expected 1 to 64.')
  return value
}

function collect(word: string, words: readonly string[] = []): string[] {
  return [...words, word]
}
