import type { Engine, EngineContext, EngineStatus, Handle } from '../../core/engine.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading } from '../../net/upstream/async-engine.ts'
import { createAsyncEngine } from '../../net/upstream/async-engine.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import type { HomeEngineOptions } from '../home.ts'
import { bearer, HOME_COST, toHomeOptions } from '../home.ts'
import { hasSucceeded, placeInQueue, readComfyHistory, readComfySubmit, readComfyVerdict } from './answer.ts'
import { workflowCapabilities } from './models.ts'
import type { ProgressSockets } from './progress-socket.ts'
import { createProgressSockets } from './progress-socket.ts'
import { toComfyCall } from './request.ts'
import type { Workflow } from './workflow.ts'

export type ComfyEngineOptions = HomeEngineOptions & {
  /**
   * Workflows by the id of the model that they serve: `bfl/flux-1-kontext-dev`, `comfyui/my-workflow`. A function is
   * asked each time, so that workflows may come and go.
   */
  models: Workflows | (() => Workflows)
  /** Called for a job whose workflow is not among them: it may have come a moment ago, and another process saw it. */
  refresh?: () => Workflows
}

type Workflows = Readonly<Record<string, Workflow>>

/** The job runs without telling steps or its end. */
const NO_SOCKETS: ProgressSockets = {
  watch: () => undefined,
  progressOf: () => null,
  nextNews: () => new Promise(() => undefined),
  stop: () => undefined,
  stopAll: () => undefined,
}
const MAX_IMAGE_BYTES = 100_000_000
/** Looks at the queue that may miss a prompt just between waiting, running and done. */
const MAX_MISSES = 3

/** ComfyUI at home. A prompt carries our own id, so that one which was sent before a crash is found again. */
export function createComfyEngine({ models, refresh, ...options }: ComfyEngineOptions): Engine {
  const home = toHomeOptions(options)
  // Whoever stands between us and the connections must stand before this one too, and cannot.
  const sockets =
    options.exchange === undefined
      ? createProgressSockets(options.origin, () => bearer(home.secret() ?? ''))
      : NO_SOCKETS
  const current = (): Workflows => (typeof models === 'function' ? models() : models)
  const misses = new Map<string, number>()
  const engine = createAsyncEngine<Workflow>(
    {
      id: 'comfyui',
      queue: 'comfyui',
      vendor: 'ComfyUI',
      secretVariable: 'AFTERIMAGE_COMFYUI_TOKEN',
      origin: options.origin,
      isRepeatable: true,
      authorize: bearer,
      get models() {
        return current()
      },
      capabilities: workflowCapabilities,
      // Its loaders read a colour or the transparency, as the workflow says.
      imageNeeds: {
        formats: ['png', 'jpeg', 'webp'],
        maxBytes: MAX_IMAGE_BYTES,
        mask: 'white_transparent',
      },
      toCall: toComfyCall,
      readSubmit: readComfySubmit,
      toPoll: ({ id }) => ({ path: historyOf(String(id)) }),
      readPoll: readComfyHistory,
      readResult: (answer, { id }) => readQueue(answer, { id: String(id), sockets, misses }),
      // Whichever of the two applies; older versions interrupt whatever runs.
      toCancel: ({ id }) => [
        { method: 'POST', path: '/queue', body: jsonBody({ delete: [id] }) },
        { method: 'POST', path: '/interrupt', body: jsonBody({ prompt_id: id }) },
      ],
      recover: ({ jobId }, send) => findEarlier(jobId, send),
      readVerdict: readComfyVerdict,
      estimate: () => HOME_COST,
    },
    home,
  )
  return {
    ...engine,
    submit: (request, context) => {
      if (!Object.hasOwn(current(), request.input.model)) refresh?.()
      return engine.submit(request, context)
    },
    poll: (handle, context) => pollWatched(engine, sockets, { handle, context }),
    close: async () => {
      sockets.stopAll()
      await engine.close?.()
    },
  }
}

function historyOf(id: string): string {
  return `/history/${encodeURIComponent(id)}`
}

async function findEarlier(id: string, send: SendFree): Promise<{ id: string } | null> {
  if (hasSucceeded(await send({ path: historyOf(id) }), id)) return { id }
  return placeInQueue(await send({ path: '/queue' }), id) === null ? null : { id }
}

type QueueScene = { id: string; sockets: ProgressSockets; misses: Map<string, number> }

function readQueue(answer: Answer, { id, sockets, misses }: QueueScene): PollReading {
  const place = placeInQueue(answer, id)
  if (place === 'running') {
    misses.delete(id)
    return { state: 'running', status: 'sampling', progress: sockets.progressOf(id) }
  }
  const missed = place === 'pending' ? 0 : (misses.get(id) ?? 0) + 1
  misses.set(id, missed)
  if (missed >= MAX_MISSES) {
    misses.delete(id)
    return { verdict: { kind: 'bad_response', message: 'the prompt is gone, as after a restart of ComfyUI' } }
  }
  return { state: 'running', status: 'scheduled', progress: { stage: 'queued', percent: 0, etaMs: null } }
}

/** The socket lives as long as the prompt does. */
async function pollWatched(
  engine: Engine,
  sockets: ProgressSockets,
  { handle, context }: { handle: Handle; context: EngineContext },
): Promise<EngineStatus> {
  const promptId = String((handle.job as { id: unknown }).id)
  sockets.watch(promptId, context)
  try {
    if (engine.poll === undefined) throw new TypeError('an async engine can be polled')
    // Before the question: what is told while it is answered may not be in the answer.
    const news = sockets.nextNews(promptId)
    const status = await engine.poll(handle, context)
    if (status.state === 'running') return { ...status, news }
    sockets.stop(promptId)
    return status
  } catch (error) {
    sockets.stop(promptId)
    throw error
  }
}
