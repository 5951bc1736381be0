/** The flow of the API, as any program uses it: upload, submit, wait, fetch. */
import { performance } from 'node:perf_hooks'
import sharp from 'sharp'
import type { Afterimage, CompletedJob } from '../../src/sdk/index.ts'
import type { DemoEdit } from './edits.ts'

export type DemoResult = {
  edit: DemoEdit
  bytes: Buffer
  width: number
  height: number
  /** From the submit to the fetched result. */
  ms: number
  job: CompletedJob
}

/** Generous: the whole demo takes less on two cores. */
const JOB_TIMEOUT_MS = 120_000
const POLL_MS = 100

/**
 * Runs one edit on an uploaded picture.
 * @throws KreaAPIError when the server refuses or the job fails; Error when the result is no picture
 */
export async function runEdit(client: Afterimage, edit: DemoEdit, url: string): Promise<DemoResult> {
  const startedAt = performance.now()
  const { job, data } = await client.subscribe(edit.path, {
    input: edit.input(url),
    intervalMs: POLL_MS,
    timeoutMs: JOB_TIMEOUT_MS,
  })
  const [result] = data.urls
  if (result === undefined) throw new Error(`${edit.title}: the job completed without a result`)
  const bytes = await fetchBytes(result)
  const { width, height } = await sharp(bytes).metadata()
  return { edit, bytes, width, height, ms: performance.now() - startedAt, job }
}

/** Results are public: no key is sent. */
async function fetchBytes(url: string): Promise<Buffer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}
