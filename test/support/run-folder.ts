/** A folder of its own for a test of `afterimage run`: photographs in `in/`, data, cache and whatever it writes. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { stateFile } from '../../src/app/state-file.ts'
import type { Job } from '../../src/core/job.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import type { CliProcess } from './cli-process.ts'
import { startCli } from './cli-process.ts'
import type { PhotoName } from './pictures.ts'
import { photoPath } from './pictures.ts'

/** Lie in `in/`, as `cat.jpg` and so on, in the order in which a pattern finds them. */
export const RUN_PHOTOS: readonly PhotoName[] = ['cat', 'portrait-astronaut', 'product-coffee']

/** All jobs of the account that a run uses. */
export const ALL_JOBS = {
  accountId: 'default',
  beforeMicros: null,
  limit: 100,
  types: null,
  status: null,
} as const

export type RunFolder = {
  at: (...names: string[]) => string
  /** `afterimage run` with the data and cache folders of this test, and nothing of the tester's own environment. */
  run: (words: readonly string[], environment?: Readonly<Record<string, string>>) => CliProcess
  /** Opens the database of a data folder, also beside a server. */
  withState: <Result>(dataDirectory: string, use: (state: StateStore) => Promise<Result>) => Promise<Result>
  /** Jobs in the database of a data folder (this test's own by default), oldest first. */
  jobsOf: (dataDirectory?: string) => Promise<Job[]>
}

/** Makes the folder; it is removed when the test ends. */
export function openRunFolder(t: TestContext): RunFolder {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-run-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = (...names: string[]): string => join(folder, ...names)
  mkdirSync(at('in'))
  for (const name of RUN_PHOTOS) copyFileSync(photoPath(name), at('in', `${name}.jpg`))
  return {
    at,
    run: (words, environment = {}) => {
      const env = { AFTERIMAGE_DATA_DIR: at('data'), XDG_CACHE_HOME: at('cache'), ...environment }
      return startCli(['run', ...words], { cwd: folder, env })
    },
    withState,
    jobsOf: async (dataDirectory = at('data')) =>
      [...(await withState(dataDirectory, (state) => state.listJobs(ALL_JOBS)))].reverse(),
  }
}

const withState: RunFolder['withState'] = async (dataDirectory, use) => {
  const state = createSqliteStateStore({ file: stateFile(dataDirectory), clock: { now: Date.now } })
  try {
    return await use(state)
  } finally {
    await state.close()
  }
}
