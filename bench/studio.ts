import { execFileSync } from 'node:child_process'
import { quantile } from './lib/rounds.ts'
import type { Figures } from './lib/studio-figures.ts'
import { measureStudio } from './lib/studio-figures.ts'
import { renderTable } from './lib/table.ts'
import type { Benchmark } from './run.ts'

const ROUNDS = 3
const BUILD = new URL('../scripts/build-studio.ts', import.meta.url).pathname

/** The build says it, and fails above its limit. */
function buildStudio(): string {
  const said = execFileSync(process.execPath, [BUILD], { encoding: 'utf8' })
  return /[\d.]+ kB of gzipped script/u.exec(said)?.[0] ?? 'unknown size'
}

export const benchmark: Benchmark = {
  title:
    'What somebody waits for in the Studio: a real Chromium without a graphics card, on the same machine as the ' +
    'server, a fresh data folder in every round. Seconds, unless said otherwise; lower is better but for frames.',
  run: async () => {
    const size = buildStudio()
    const rounds: Figures[] = []
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureStudio())
    const rows = Object.keys(rounds[0] ?? {}).map((name) => {
      const values = rounds.map((figures) => figures[name] ?? Number.NaN)
      return [name, quantile(values, 0.5), Math.min(...values), Math.max(...values)]
    })
    return `First load: ${size}.\n\n${renderTable(['what', 'median', 'least', 'most'], rows)}`
  },
}
