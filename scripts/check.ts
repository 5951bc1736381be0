/** Runs every static check in parallel and prints only what failed: format, lint, types, unused code, architecture. */
import { spawn } from 'node:child_process'

/** What a check may remember of the last run; below node_modules, so that a fresh install begins anew. */
const CACHE = 'node_modules/.cache/afterimage'
const incremental = (name: string): string[] => ['--incremental', '--tsBuildInfoFile', `${CACHE}/${name}`]

/**
 * The linter and the compiler are Go programs that live for seconds: collecting garbage costs them a third of their
 * time and gains nothing below this much memory.
 */
const env = { ...process.env, GOGC: 'off', GOMEMLIMIT: '2GiB' }

const CHECKS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['format', 'oxfmt', ['--check']],
  ['lint', 'oxlint', ['--type-aware', '--quiet']],
  ['types', 'tsc', ['--noEmit', ...incremental('server')]],
  ['types of the Studio', 'tsc', ['--noEmit', '-p', 'web/tsconfig.json', ...incremental('studio')]],
  ['unused code', 'knip', ['--no-progress', '--cache', '--cache-location', `${CACHE}/knip`]],
  ['architecture', 'node', ['--test', 'test/architecture.test.ts']],
]

function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, shell: process.platform === 'win32' })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.stderr.on('data', (chunk) => (output += String(chunk)))
    child.on('error', (error) => resolve({ code: 127, output: `${error.message} (run "npm ci" first)` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

const started = Date.now()
const results = await Promise.all(
  CHECKS.map(async ([name, command, args]) => ({ name, ...(await run(command, args)) })),
)
const failed = results.filter((result) => result.code !== 0)
for (const result of failed) console.error(`\n── ${result.name} failed ──\n${result.output.trim()}`)
const verdict =
  failed.length === 0 ? 'all checks pass' : `${failed.length} of ${results.length} checks failed`
console.log(`${verdict} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
process.exitCode = failed.length === 0 ? 0 : 1
