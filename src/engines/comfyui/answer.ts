/** From answers of ComfyUI to a prompt, its state, images or a verdict. */
import { z } from 'zod'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const SUBMITTED = z.object({ prompt_id: z.string().min(1) })
const FILE = z.object({ filename: z.string(), subfolder: z.string(), type: z.string() })
const ENTRY = z.object({
  outputs: z.record(z.string(), z.object({ images: z.array(FILE).optional() })),
  status: z
    .object({ status_str: z.string(), messages: z.array(z.tuple([z.string(), z.unknown()])).optional() })
    .nullish(),
})
const HISTORY = z.record(z.string(), ENTRY)
const QUEUED = z.array(z.tuple([z.unknown(), z.string()], z.unknown()))
const QUEUE = z.object({ queue_running: QUEUED, queue_pending: QUEUED })
const COMPLAINT = z.object({ type: z.string().optional(), details: z.string().optional() })
const FAULT = z.object({
  error: z.union([z.string(), z.object({ type: z.string().optional(), message: z.string().optional() })]),
  node_errors: z.record(z.string(), z.object({ errors: z.array(COMPLAINT) })).optional(),
})
const EXCEPTION = z.object({
  exception_type: z.string().optional(),
  exception_message: z.string().optional(),
})

type Entry = z.output<typeof ENTRY>

const UNREADABLE: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }

/** A missing model file or a wrong value is told by the node that has it. */
export function readComfyVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { error, node_errors: nodes = {} } = parsed.data
  const found = Object.entries(nodes).flatMap(([node, { errors }]) =>
    errors.map((fault) => ({ node, ...fault })),
  )
  const { type, message } = typeof error === 'string' ? { type: undefined, message: error } : error
  const [first] = found
  return {
    code: first?.type ?? type,
    param: first?.node,
    message: first === undefined ? message : `node ${first.node}: ${first.details ?? ''}`,
  }
}

export function readComfySubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.prompt_id } } : { verdict: UNREADABLE }
}

/** Whether a prompt with this id has ended, well or badly. */
export function hasHistory({ json }: Answer, id: string): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, id)
}

/** Whether a prompt with this id ended well. */
export function hasSucceeded({ json }: Answer, id: string): boolean {
  const entry = HISTORY.safeParse(json).data?.[id]
  return entry !== undefined && entry.status?.status_str !== 'error'
}

/** The history knows only what has ended; what is not there may wait, run, or be lost. */
export function readComfyHistory({ json }: Answer, { id }: UpstreamJob): PollReading {
  const parsed = HISTORY.safeParse(json)
  if (!parsed.success) return { verdict: UNREADABLE }
  const entry = parsed.data[String(id)]
  if (entry === undefined) return { state: 'done', resultCall: { path: '/queue' } }
  if (entry.status?.status_str === 'error') return { verdict: verdictOf(entry) }
  return { images: imagesOf(entry), cost: null }
}

/** `null` when the prompt is neither running nor waiting. */
export function placeInQueue({ json }: Answer, id: string): 'running' | 'pending' | null {
  const parsed = QUEUE.safeParse(json)
  if (!parsed.success) return null
  const has = (list: z.output<typeof QUEUED>): boolean => list.some(([, prompt]) => prompt === id)
  if (has(parsed.data.queue_running)) return 'running'
  return has(parsed.data.queue_pending) ? 'pending' : null
}

function verdictOf({ status }: Entry): Verdict {
  const messages = status?.messages ?? []
  if (messages.some(([type]) => type === 'execution_interrupted'))
    return { kind: 'cancelled', code: 'execution_interrupted' }
  const [, data] = messages.find(([type]) => type === 'execution_error') ?? []
  const { exception_type: code, exception_message: message } = EXCEPTION.safeParse(data).data ?? {}
  return { kind: 'bad_response', code, message }
}

/** Previews are of type `temp`; they count only where nothing was saved. */
function imagesOf({ outputs }: Entry): { path: string }[] {
  const files = Object.values(outputs).flatMap(({ images = [] }) => images)
  const saved = files.filter(({ type }) => type === 'output')
  return (saved.length > 0 ? saved : files).map((file) => ({
    path: `/view?${new URLSearchParams(file).toString()}`,
  }))
}
