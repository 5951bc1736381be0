/** ComfyUI: uploads, prompts with ids of the client's choice, history, queue, results. It remembers, as the real one does. */
import type { Socket } from 'node:net'
import { z } from 'zod'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { Changeable, Uploads } from './comfyui-uploads.ts'
import { checkUpload, fault, masksOf, reply, storeUpload } from './comfyui-uploads.ts'
import { paint, paintPng } from './picture.ts'
import { toFrame } from './websocket.ts'

const link = z.tuple([z.string(), z.number().int().min(0)])
const number = z.number()
const whole = z.number().int().min(0)
const side = z.number().int().min(16).max(16_384)
const text = z.string()
const channel = z.enum(['alpha', 'red', 'green', 'blue'])

/** Inputs of the nodes that we use; ComfyUI refuses what it does not know, and what is missing. */
const NODES: Readonly<Record<string, z.ZodObject>> = {
  CheckpointLoaderSimple: z.strictObject({ ckpt_name: text }),
  UNETLoader: z.strictObject({ unet_name: text, weight_dtype: text }),
  CLIPLoader: z.strictObject({ clip_name: text, type: text, device: text }),
  VAELoader: z.strictObject({ vae_name: text }),
  CLIPTextEncode: z.strictObject({ text, clip: link }),
  TextEncodeQwenImageEditPlus: z.strictObject({ prompt: text, clip: link, vae: link, image1: link }),
  ConditioningZeroOut: z.strictObject({ conditioning: link }),
  LoadImage: z.strictObject({ image: text }),
  LoadImageMask: z.strictObject({ image: text, channel }),
  MaskToImage: z.strictObject({ mask: link }),
  ImageToMask: z.strictObject({ image: link, channel }),
  SetLatentNoiseMask: z.strictObject({ samples: link, mask: link }),
  VAEEncodeForInpaint: z.strictObject({ pixels: link, vae: link, mask: link, grow_mask_by: whole }),
  ImageScale: z.strictObject({ image: link, upscale_method: text, width: side, height: side, crop: text }),
  ImageScaleToTotalPixels: z.strictObject({
    image: link,
    upscale_method: text,
    megapixels: number,
    resolution_steps: whole,
  }),
  VAEEncode: z.strictObject({ pixels: link, vae: link }),
  RepeatLatentBatch: z.strictObject({ samples: link, amount: whole.min(1).max(64) }),
  ReferenceLatent: z.strictObject({ conditioning: link, latent: link }),
  RandomNoise: z.strictObject({ noise_seed: whole }),
  EmptyFlux2LatentImage: z.strictObject({ width: side, height: side, batch_size: whole.min(1) }),
  Flux2Scheduler: z.strictObject({ steps: whole.min(1), width: side, height: side }),
  CFGGuider: z.strictObject({ model: link, positive: link, negative: link, cfg: number }),
  KSamplerSelect: z.strictObject({ sampler_name: text }),
  ModelSamplingAuraFlow: z.strictObject({ model: link, shift: number }),
  CFGNorm: z.strictObject({ model: link, strength: number }),
  SamplerCustomAdvanced: z.strictObject({
    noise: link,
    guider: link,
    sampler: link,
    sigmas: link,
    latent_image: link,
  }),
  KSampler: z.strictObject({
    model: link,
    positive: link,
    negative: link,
    latent_image: link,
    seed: whole,
    steps: whole.min(1),
    cfg: number,
    sampler_name: text,
    scheduler: text,
    denoise: number.min(0).max(1),
  }),
  FluxGuidance: z.strictObject({ conditioning: link, guidance: number }),
  EmptySD3LatentImage: z.strictObject({ width: side, height: side, batch_size: whole.min(1) }),
  PreviewImage: z.strictObject({ images: link }),
  VAEDecode: z.strictObject({ samples: link, vae: link }),
  SaveImage: z.strictObject({ images: link, filename_prefix: text }),
}
const BODY = z.strictObject({
  prompt: z.record(
    z.string(),
    z.strictObject({
      class_type: text,
      inputs: z.record(text, z.unknown()),
      // Exports carry the titles of nodes; ComfyUI does not read them.
      _meta: z.object({ title: text }).optional(),
    }),
  ),
  client_id: text,
  prompt_id: text,
})
type Graph = z.output<typeof BODY>['prompt']
type End = 'image' | 'empty' | 'failed'
type Prompt = {
  end: End
  width: number
  height: number
  count: number
  /** What each node that loads a mask makes of it, by node id. */
  masks?: Readonly<Record<string, Changeable>>
}

const VIEW = /^\/view\?filename=(\d+)x(\d+)_\d+\.png&subfolder=afterimage&type=output$/u

export type ComfyMemory = {
  /** While it says so, prompts run on and end later. */
  isHeld?: () => boolean
  /** How long a prompt runs, in milliseconds; none by default. Its end is told to its socket. */
  runsMs?: number
  prompts: Map<string, Prompt>
  uploads: Uploads
}

export function createComfyEmulation(
  memory: ComfyMemory = { prompts: new Map(), uploads: new Map() },
): Emulation {
  const running = createRunning(memory.runsMs ?? 0)
  const submit = (request: EmulatedRequest, end: End): Reply => {
    const { prompt, prompt_id: id } = BODY.parse(request.json)
    memory.prompts.set(id, { end, ...shapeOf(prompt, memory), masks: masksOf(prompt, memory.uploads) })
    running.start(id)
    return reply(200, { prompt_id: id, number: 3, node_errors: {} })
  }
  return {
    vendor: 'comfyui',
    basePath: '',
    isAuthorized: ({ headers }, key) => headers.authorization === `Bearer ${key}`,
    isBillable: ({ method, path }) => method === 'POST' && path === '/prompt',
    openSocket: (path, socket) => {
      running.listen(clientOf(path), socket)
      return tellSteps(path, socket)
    },
    isPreparation: ({ path }) => path.startsWith('/upload/') || path.startsWith('/ws'),
    check: (request) => checkRequest(request, memory),
    succeed: async (request) =>
      request.path === '/prompt' ? submit(request, spokenEnd(request)) : answer(request, memory, running),
    faults: {
      unauthorized: fault(401, 'gate', 'a gate in front of the server says no'),
      no_credit: fault(402, 'gate', 'a gate in front of the server says no'),
      quota: fault(402, 'gate', 'a gate in front of the server says no'),
      rate_limited: { ...fault(429, 'gate', 'slow down'), headers: { 'retry-after': '7' } },
      overloaded: fault(503, 'gate', 'starting'),
      server_error: fault(500, 'server', 'broken'),
      gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
      // A workflow refuses nothing; one with a filter fails.
      refused: (request) => submit(request, 'failed'),
      // A server that says too much.
      invalid_input: reply(400, {
        error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation' },
        node_errors: {
          '3': {
            class_type: 'KSampler',
            errors: [
              { type: 'value_not_in_list', details: `"turn the logo into a rug" ${emulatedKey('comfyui')}` },
            ],
          },
        },
      }),
      empty: (request) => submit(request, 'empty'),
    },
  }
}

function spokenEnd({ json }: EmulatedRequest): End {
  return JSON.stringify(json).includes('[end:failed]') ? 'failed' : 'image'
}

function checkRequest({ path, json, files, fields }: EmulatedRequest, memory: ComfyMemory): Reply | null {
  if (path === '/prompt') return checkPrompt(json, memory)
  if (path.startsWith('/upload/')) return checkUpload({ path, files, fields }, memory.uploads)
  const isKnown = /^\/(?:history\/[\w-]+|queue|interrupt)$/u.test(path) || VIEW.test(path)
  return isKnown ? null : { status: 404, body: '404: Not Found' }
}

function checkPrompt(json: unknown, memory: ComfyMemory): Reply | null {
  const body = BODY.safeParse(json)
  if (!body.success) return fault(400, 'no_prompt', body.error.message)
  const { prompt } = body.data
  for (const [id, node] of Object.entries(prompt)) {
    const complaint = complaintOf(node, prompt, memory)
    if (complaint !== null)
      return reply(400, {
        error: { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation' },
        node_errors: { [id]: { class_type: node.class_type, errors: [complaint], dependent_outputs: [] } },
      })
  }
  return null
}

function complaintOf(
  { class_type: type, inputs }: Graph[string],
  graph: Graph,
  { uploads }: ComfyMemory,
): object | null {
  const schema = Object.hasOwn(NODES, type) ? NODES[type] : undefined
  if (schema === undefined) return { type: 'missing_node_type', message: type, details: type }
  const parsed = schema.safeParse(inputs)
  if (!parsed.success) return { type: 'value_not_valid', message: type, details: parsed.error.message }
  const links = Object.values(inputs).filter((input) => Array.isArray(input))
  if (links.some(([node]) => graph[String(node)] === undefined))
    return { type: 'bad_linked_input', message: type, details: 'no such node' }
  if (type !== 'LoadImage' && type !== 'LoadImageMask') return null
  const loaded = uploads.get(String(inputs.image))
  const invalid = (details: string): object => ({ type: 'custom_validation_failed', message: type, details })
  if (loaded === undefined) return invalid(`Invalid image file: ${String(inputs.image)}`)
  // The real one would take any picture for a mask; here that is a mistake of ours.
  if (type === 'LoadImageMask' && loaded.mask === null) return invalid('no mask, but a picture')
  return null
}

function shapeOf(graph: Graph, { uploads }: ComfyMemory): Omit<Prompt, 'end'> {
  const inputs = Object.values(graph).map((node) => node.inputs)
  const find = (name: string): number | undefined =>
    inputs.map((input) => input[name]).find((value) => typeof value === 'number')
  const image = inputs.map((input) => uploads.get(String(input.image))).find((size) => size !== undefined)
  return {
    width: find('width') ?? image?.width ?? 64,
    height: find('height') ?? image?.height ?? 64,
    count: find('batch_size') ?? find('amount') ?? 1,
  }
}

const PREVIEW_EVENT = 1
const PREVIEW_FORMATS = { jpeg: 1, png: 2 } as const

function clientOf(path: string): string {
  return new URL(path, 'http://comfyui').searchParams.get('clientId') ?? ''
}

/** A ComfyUI that was started with --preview-method: progress as text, the picture as a binary frame. */
async function tellSteps(path: string, socket: Socket): Promise<void> {
  const id = clientOf(path)
  const data = { value: 5, max: 20, prompt_id: id, node: '3' }
  socket.write(toFrame(JSON.stringify({ type: 'progress', data })))
  for (const format of ['jpeg', 'png'] as const) {
    const head = Buffer.of(0, 0, 0, PREVIEW_EVENT, 0, 0, 0, PREVIEW_FORMATS[format])
    const picture = await paint({ width: 128, height: 96 }, format)
    socket.write(toFrame(Buffer.concat([head, picture])))
  }
}

type Running = {
  start: (id: string) => void
  has: (id: string) => boolean
  listen: (id: string, socket: Socket) => void
}

/** The real one tells success before the history has the prompt, and `executing` without a node after that. */
function createRunning(runsMs: number): Running {
  const ids = new Set<string>()
  const sockets = new Map<string, Socket>()
  const tell = (id: string, type: string, data: object): void =>
    void sockets.get(id)?.write(toFrame(JSON.stringify({ type, data: { prompt_id: id, ...data } })))
  return {
    start: (id) => {
      if (runsMs === 0) return
      ids.add(id)
      setTimeout(() => {
        tell(id, 'execution_success', {})
        ids.delete(id)
        tell(id, 'executing', { node: null })
      }, runsMs)
    },
    has: (id) => ids.has(id),
    listen: (id, socket) => {
      sockets.set(id, socket)
      socket.once('close', () => sockets.delete(id))
    },
  }
}

async function answer(request: EmulatedRequest, memory: ComfyMemory, { has }: Running): Promise<Reply> {
  const { path } = request
  const runs = (id: string): boolean => memory.isHeld?.() === true || has(id)
  if (path.startsWith('/upload/')) return reply(200, await storeUpload(request, memory.uploads))
  if (path === '/queue') {
    const running = [...memory.prompts.keys()].filter(runs).map((id) => [3, id, {}, {}, ['9']])
    return reply(200, { queue_running: running, queue_pending: [] })
  }
  if (path.startsWith('/history/') && runs(path.slice('/history/'.length))) return reply(200, {})
  if (path === '/interrupt') return { status: 200, body: '' }
  const view = VIEW.exec(path)
  if (view === null) return reply(200, historyOf(path.slice('/history/'.length), memory))
  const body = await paintPng({ width: Number(view[1]), height: Number(view[2]) })
  return { status: 200, headers: { 'content-type': 'image/png' }, body }
}

function historyOf(id: string, { prompts }: ComfyMemory): object {
  const prompt = prompts.get(id)
  if (prompt === undefined) return {}
  const { end, width, height, count } = prompt
  if (end === 'failed') {
    const exception = { exception_type: 'torch.OutOfMemoryError', exception_message: 'out of memory' }
    const status = { status_str: 'error', completed: false, messages: [['execution_error', exception]] }
    return { [id]: { outputs: {}, status } }
  }
  const images = Array.from({ length: end === 'empty' ? 0 : count }, (_, index) => ({
    filename: `${width}x${height}_${index}.png`,
    subfolder: 'afterimage',
    type: 'output',
  }))
  const status = { status_str: 'success', completed: true, messages: [] }
  return { [id]: { prompt: [3, id, {}, {}, ['9']], outputs: { '9': { images } }, status } }
}
