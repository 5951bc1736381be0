/**
 * What a run remembers of each input, so that the same command goes on where it was stopped, even by SIGKILL.
 *
 * One small JSON file an input in `<data folder>/runs/` (with `--url`: in the user's cache folder), named by the
 * hash of the input's bytes, the request, the server and the target. So more files may join a pattern, and a
 * file whose content changed is a new input. One file an input rather than one a run: there is nothing to merge
 * when two commands share inputs, and a broken file forgets one input only.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile } from './replace-file.ts'

const written = z.object({ path: z.string(), sha256: z.string() })

const schema = z.object({
  version: z.literal(1),
  /** `submitting`: the answer is not known; `accepted`: the server has the job; `done`: the results are written. */
  phase: z.enum(['submitting', 'accepted', 'done']),
  input: z.string(),
  /** Process that works on this input; an older one is dead. */
  pid: z.number(),
  /** The server's time before the submit, as it stamped the upload. */
  since: z.string(),
  jobId: z.string().nullable(),
  /** Folder or address of the server that has the job. */
  server: z.string(),
  outputs: z.array(written),
  /** Hashes of files that this run may replace without `--force`: it found permission or wrote them itself. */
  replaces: z.array(z.string()),
})

export type RunRecord = z.output<typeof schema>

export type Records = {
  read: (key: string) => Promise<RunRecord | null>
  /** Durable when it resolves. */
  write: (key: string, record: Omit<RunRecord, 'version' | 'pid'>) => Promise<void>
  remove: (key: string) => Promise<void>
  /** Jobs that belong to some input, so that nobody else takes one for a lost one of his own. */
  knownJobs: () => Promise<ReadonlySet<string>>
}

/** Hash over everything that makes a result what it is; member order does not count. */
export function recordKey(facts: Readonly<Record<string, unknown>>): string {
  const sorted = JSON.stringify(facts, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('hex').slice(0, 32)
}

export function createRecords(directory: string): Records {
  const fileOf = (key: string): string => join(directory, `${key}.json`)
  const read = async (key: string): Promise<RunRecord | null> => parseRecord(await readText(fileOf(key)))
  return {
    read,
    write: async (key, record) => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const text = JSON.stringify({ ...record, version: 1, pid: process.pid } satisfies RunRecord)
      await replaceFile(fileOf(key), Buffer.from(text))
    },
    remove: (key) => rm(fileOf(key), { force: true }),
    knownJobs: async () => {
      const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.json'))
      const records = await Promise.all(names.map((name) => read(name.slice(0, -'.json'.length))))
      return new Set(records.flatMap((record) => record?.jobId ?? []))
    },
  }
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
}

/** What cannot be read counts as absent: the worst that follows is a file that is not overwritten. */
function parseRecord(text: string | null): RunRecord | null {
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** True while another process works on this input. */
export function isTakenByOther({ pid, phase }: RunRecord): boolean {
  if (phase === 'done' || pid === process.pid) return false
  try {
    // Signal 0 asks and does nothing.
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user exists all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
