/**
 * `npm run chaos`: the share of the proofs under fire that every change runs. `npm run chaos:long`: all of them with
 * their full numbers, into one log that ends with a table. `-- FILE …` behind either runs a part.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Proofs that live beside the ordinary tests; they take more numbers in the long run. */
const ALSO_LONG = [
  'test/security/*.test.ts',
  'test/http/idempotency.test.ts',
  'test/http/slow-bodies.test.ts',
]
/** Proofs that take more numbers here than among the ordinary tests. */
const ALSO_HERE = ['test/security/generated-requests.test.ts']
/** Measures the machine as well as the server, so the long run gives it the machine alone, before the others. */
const ALONE = 'test/chaos/soak.test.ts'
const LOG = 'tmp/chaos.log'

type Line = { what: string; tried: number; failed: number; seconds: number; notes: string }

const named = process.argv.slice(2).filter((word) => word !== '--long')
const isLong = process.argv.includes('--long')
const patterns = ['test/chaos/*.test.ts', ...(isLong ? ALSO_LONG : ALSO_HERE)]
const files = named.length > 0 ? named : globSync(patterns).sort()
const directory = mkdtempSync(join(tmpdir(), 'afterimage-proofs-'))
const proofs = join(directory, 'proofs')
writeFileSync(proofs, '')
if (isLong) {
  mkdirSync(dirname(LOG), { recursive: true })
  writeFileSync(LOG, '')
}
const environment = {
  ...process.env,
  AFTERIMAGE_TEST_PROOFS: proofs,
  ...(isLong ? { AFTERIMAGE_TEST_LONG: '1' } : {}),
}
const begun = `${new Date().toISOString()}, load ${loads()}`
const isAlone = (file: string): boolean => isLong && file === ALONE
const stop = new AbortController()
// Hours of proofs are not lost with the one that was running: an interrupted run still ends with its table.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
const passed = [await run(files.filter(isAlone)), await run(files.filter((file) => !isAlone(file)))]

const lines = readFileSync(proofs, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Line)
rmSync(directory, { recursive: true })
const table = render(lines)
console.log(table)
if (isLong) appendFileSync(LOG, `\n${table}\n`)
process.exitCode = passed.every(Boolean) ? 0 : 1

/** Whether all of the files passed. What they print also goes to the log of a long run. */
async function run(some: readonly string[]): Promise<boolean> {
  if (some.length === 0) return true
  if (stop.signal.aborted) return false
  const args = ['--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=7200000', ...some]
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'], env: environment })
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  child.stdout.on('data', (text: Buffer) => {
    process.stdout.write(text)
    if (isLong) appendFileSync(LOG, text)
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return status === 0
}

function render(found: readonly Line[]): string {
  const rows = found
    .toSorted((a, b) => a.what.localeCompare(b.what, 'en', { numeric: true }))
    .map(
      ({ what, tried, failed, seconds, notes }) =>
        `| ${what} | ${tried} | ${failed} | ${seconds} s | ${notes} |`,
    )
  const ended = `ended ${new Date().toISOString()}, load ${loads()}`
  return [
    `begun ${begun}; ${ended}; ${availableParallelism()} cores, Node ${process.version}`,
    '',
    '| what | tried | failed | time | |',
    '| --- | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n')
}

function loads(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')
}
