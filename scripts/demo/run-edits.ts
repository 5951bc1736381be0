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
/** Mean difference of 8-bit values in small copies; encoding alone makes less than 1. */
const MIN_DIFFERENCE = 3

/** A picture of the demo: its bytes, and where the server has it. */
export type DemoSource = { bytes: Buffer; url: string }

/**
 * Runs one edit on an uploaded picture.
 * @throws KreaAPIError when the server refuses or the job fails; Error when the result is no picture or no other one
 */
export async function runEdit(client: Afterimage, edit: DemoEdit, source: DemoSource): Promise<DemoResult> {
  const startedAt = performance.now()
  const { job, data } = await client.subscribe(edit.path, {
    input: edit.input(source.url),
    intervalMs: POLL_MS,
    timeoutMs: JOB_TIMEOUT_MS,
  })
  const [result] = data.urls
  if (result === undefined) throw new Error('the job completed without a result')
  const bytes = await fetchBytes(result)
  const { width, height } = await sharp(bytes).metadata()
  const ms = performance.now() - startedAt
  await assertChanged(edit, source.bytes, bytes)
  return { edit, bytes, width, height, ms, job }
}

/** An enlargement is meant to look like its source; a demo of other edits that do would show nothing. */
async function assertChanged({ source }: DemoEdit, before: Buffer, after: Buffer): Promise<void> {
  if (source === 'detail') return
  const [a, b] = await Promise.all([thumbnail(before), thumbnail(after)])
  const difference = a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length
  if (difference < MIN_DIFFERENCE)
    throw new Error('the result looks like the photograph; nothing was changed')
}

function thumbnail(image: Buffer): Promise<Buffer> {
  return sharp(image).resize(128, 96, { fit: 'fill' }).removeAlpha().raw().toBuffer()
}

/** Results are public: no key is sent. */
async function fetchBytes(url: string): Promise<Buffer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}
