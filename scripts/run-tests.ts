/**
 * `npm test`: unit tests share one process (fast), wider tests get one process a file (real servers, real files).
 * `npm run test:long` runs the `*.long.test.ts` files: the same kind, but each takes most of a minute.
 * Other arguments replace the list of files: `npm test -- src/wire/parse.test.ts`.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const FAST = ['src/**/*.test.ts', 'test/*.test.ts']
const LONG = ['test/**/*.long.test.ts']
const ISOLATED = [
  'test/contracts/**/*.test.ts',
  'test/http/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/security/**/*.test.ts',
]

/** Some test folders have tools of their own below them. */
function find(patterns: readonly string[]): string[] {
  return globSync([...patterns], { exclude: ['**/node_modules/**', '**/tmp/**'] }).sort()
}

function findShort(patterns: readonly string[]): string[] {
  return find(patterns).filter((file) => !file.endsWith('.long.test.ts'))
}

function runTests(files: readonly string[], isolation: 'none' | 'process'): boolean {
  if (files.length === 0) return true
  const concurrency = isolation === 'process' ? ['--test-concurrency=2'] : []
  const args = ['--test', `--test-isolation=${isolation}`, ...concurrency, '--test-timeout=120000', ...files]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0
}

const named = process.argv.slice(2)
const passed = named.includes('--long')
  ? runTests(find(LONG), 'process')
  : named.length > 0
    ? runTests(named, 'process')
    : [runTests(findShort(FAST), 'none'), runTests(findShort(ISOLATED), 'process')].every(Boolean)
process.exitCode = passed ? 0 : 1
