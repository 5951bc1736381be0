/**
 * `npm run chaos`: the share of the proofs under fire that every change runs. `npm run chaos:long`: all of them with
 * their full numbers, into one log that ends with a table; `npm run chaos:long -- FILE …` runs a part.
 */
import { spawnSync } from 'node:child_process'
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
const LOG = 'tmp/chaos.log'

type Line = { what: string; tried: number; failed: number; seconds: number; notes: string }

const [mode, ...named] = process.argv.slice(2)
const isLong = mode === '--long'
const patterns = ['test/chaos/*.test.ts', ...(isLong ? ALSO_LONG : ALSO_HERE)]
const files = named.length > 0 ? named : globSync(patterns).sort()
const directory = mkdtempSync(join(tmpdir(), 'afterimage-proofs-'))
const proofs = join(directory, 'proofs')
writeFileSync(proofs, '')
if (isLong) mkdirSync(dirname(LOG), { recursive: true })
const reporters = isLong
  ? [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=spec',
      `--test-reporter-destination=${LOG}`,
    ]
  : []
const args = ['--test', '--test-concurrency=2', '--test-timeout=7200000', ...reporters, ...files]
const environment = {
  ...process.env,
  AFTERIMAGE_TEST_PROOFS: proofs,
  ...(isLong ? { AFTERIMAGE_TEST_LONG: '1' } : {}),
}
const begun = `${new Date().toISOString()}, load ${loads()}`
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: environment })

const lines = readFileSync(proofs, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Line)
rmSync(directory, { recursive: true })
const table = render(lines)
console.log(table)
if (isLong) appendFileSync(LOG, `\n${table}\n`)
process.exitCode = status ?? 1

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
