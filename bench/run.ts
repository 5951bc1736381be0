/**
 * `npm run bench -- NAME`: runs one benchmark and prints our figures, the floor or the peer, and the ratio.
 * `--save` replaces the section of that name in bench/RESULTS.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeMachine, waitUntilQuiet } from './lib/machine.ts'

export type Benchmark = {
  /** One sentence: what is compared with what. */
  title: string
  /** Counts and sizes, which are the same on a busy machine; figures of time need a quiet one. */
  isTimeless?: boolean
  /** Markdown of the figures. */
  run: () => Promise<string>
}

const BENCHMARKS: Readonly<Record<string, () => Promise<{ benchmark: Benchmark }>>> = {
  accept: () => import('./accept.ts'),
  poll: () => import('./poll.ts'),
  flow: () => import('./flow.ts'),
  upscale: () => import('./upscale.ts'),
  studio: () => import('./studio.ts'),
  'studio-checks': () => import('./studio-checks.ts'),
  'upstream-overhead': () => import('./upstream-overhead.ts'),
}

const RESULTS = fileURLToPath(new URL('./RESULTS.md', import.meta.url))

function save(name: string, section: string): void {
  const old = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '# Benchmark results\n'
  const [head = '', ...sections] = old.split(/^(?=## )/mu)
  const others = sections.filter((text) => !text.startsWith(`## ${name}\n`))
  const all = [...others.map((text) => text.trimEnd()), section].sort()
  writeFileSync(RESULTS, `${[head.trimEnd(), ...all].join('\n\n')}\n`)
}

const [name = '', ...flags] = process.argv.slice(2)
const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
if (load === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [--save]`)
  process.exit(2)
}
const { benchmark } = await load()
if (benchmark.isTimeless !== true) await waitUntilQuiet()
const figures = await benchmark.run()
const date = new Date().toISOString().slice(0, 10)
const section = `## ${name}\n\n${benchmark.title}\n\n\`npm run bench -- ${name}\`, ${date}, ${describeMachine()}\n\n${figures}`
console.log(section)
if (flags.includes('--save')) save(name, section)
