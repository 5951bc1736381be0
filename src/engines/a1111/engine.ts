import type { Engine, EngineContext } from '../../core/engine.ts'
import { pause } from '../../core/pause.ts'
import type { AdapterRequest, OutgoingCall, Vendor } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { UpstreamClient } from '../../net/upstream/client.ts'
import { createUpstreamClient } from '../../net/upstream/client.ts'
import { toFollowCall } from '../../net/upstream/follow.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import type { EndpointModel } from '../endpoint.ts'
import { writeEndpointBody } from '../endpoint-body.ts'
import type { HomeEngineOptions } from '../home.ts'
import { followSource, HOME_COST, toHomeOptions } from '../home.ts'
import { toBase64 } from '../image-text.ts'
import { readA1111Answer, readA1111Progress, readA1111Verdict } from './answer.ts'
import { A1111_MODELS, A1111_NATURAL, a1111Capabilities } from './models.ts'

export type A1111EngineOptions = HomeEngineOptions & {
  /** Ids of the models that the server can run; all by default. */
  serves?: readonly string[]
  models?: Readonly<Record<string, EndpointModel>>
  /** File name of the checkpoint to load, by model id; without it the server takes the loaded one. */
  checkpoints?: Readonly<Record<string, string>>
  /** Name of the upscaler, as the server lists it. */
  upscaler?: string
  /** Between two looks at the progress, in milliseconds. */
  progressMs?: number
}

const MAX_IMAGE_BYTES = 50_000_000
const DEFAULT_UPSCALER = 'R-ESRGAN 4x+'
const PROGRESS_MS = 1000
const INTERRUPT_MS = 5000

/**
 * AUTOMATIC1111, Forge and what speaks their API. One call that answers with the image; progress and interruption
 * are global there, so the server should be ours alone.
 */
export function createA1111Engine(options: A1111EngineOptions): Engine {
  const { serves, models = A1111_MODELS, progressMs = PROGRESS_MS } = options
  const vendor: Vendor = {
    vendor: 'The A1111 server',
    secretVariable: 'AFTERIMAGE_A1111_AUTH',
    origin: options.origin,
    // `user:password`, as for the server's own --api-auth.
    authorize: (secret) =>
      secret === '' ? {} : { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
    readVerdict: readA1111Verdict,
  }
  const home = toHomeOptions(options)
  const side = createUpstreamClient({ ...home, ...vendor })
  const engine = createSyncEngine<EndpointModel>(
    {
      ...vendor,
      id: 'a1111',
      queue: 'a1111',
      isRepeatable: true,
      models: Object.fromEntries(
        Object.entries(models).filter(([id]) => serves === undefined || serves.includes(id)),
      ),
      capabilities: a1111Capabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'white' },
      toCall: (request) => toCall(request, options),
      read: ({ answer }) => readA1111Answer(answer),
      estimate: () => HOME_COST,
    },
    home,
  )
  return {
    ...engine,
    revision: async (id) =>
      JSON.stringify([await engine.revision?.(id), options.checkpoints?.[id], options.upscaler]),
    submit: (request, context) =>
      watched({ client: side, context, progressMs }, () => engine.submit(request, context)),
    close: async () => void (await Promise.all([engine.close?.(), side.close()])),
  }
}

async function toCall(
  { input, model, images }: AdapterRequest<EndpointModel>,
  { checkpoints, upscaler = DEFAULT_UPSCALER }: A1111EngineOptions,
): Promise<OutgoingCall> {
  const { endpoint, body, warnings } = await writeEndpointBody({
    model,
    capabilities: a1111Capabilities(model),
    input,
    images,
    toText: toBase64,
  })
  if (endpoint.shape.kind === 'factor') {
    const { image, upscaling_resize: times = 2 } = body
    return {
      path: endpoint.path,
      body: jsonBody({ image, upscaling_resize: times, upscaler_1: upscaler }),
      warnings,
    }
  }
  const checkpoint = checkpoints?.[input.model]
  const settings = checkpoint === undefined ? {} : { override_settings: { sd_model_checkpoint: checkpoint } }
  // The server would make 512 pixels of anything. The seed is always sent, so that a job which is run again after a
  // crash makes the same picture.
  const defaults = { ...followSource(input, A1111_NATURAL), seed: input.seed, ...settings }
  // What is under the mask counts for the edit; the server would begin with a blur of the colours around it.
  const underMask = body.mask === undefined ? {} : { inpainting_fill: 1 }
  return { path: endpoint.path, body: jsonBody({ ...defaults, ...underMask, ...body }), warnings }
}

type Watch = { client: UpstreamClient; context: EngineContext; progressMs: number }

/** Asks for progress beside the call, and stops the server when the call is given up. */
async function watched<Result>(watch: Watch, call: () => Promise<Result>): Promise<Result> {
  const done = new AbortController()
  const progress = reportProgress(watch, done.signal)
  const onAbort = (): void => void interrupt(watch.client)
  watch.context.signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await call()
  } finally {
    watch.context.signal.removeEventListener('abort', onAbort)
    done.abort()
    await progress
  }
}

/** Best effort: the picture matters, the bar does not. */
async function reportProgress({ client, context, progressMs }: Watch, done: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([done, context.signal])
  const call = { path: '/sdapi/v1/progress?skip_current_image=true' }
  while (!signal.aborted) {
    try {
      await pause(progressMs, signal)
      const progress = readA1111Progress(await client.send(toFollowCall(call, signal)))
      if (progress !== null) context.onProgress('sampling', progress)
    } catch {
      // The end of the wait, or a server too busy to tell.
    }
  }
}

async function interrupt(client: UpstreamClient): Promise<void> {
  const call = { method: 'POST', path: '/sdapi/v1/interrupt' } as const
  await client.send(toFollowCall(call, AbortSignal.timeout(INTERRUPT_MS))).catch(() => null)
}
