/** AUTOMATIC1111's API: img2img, txt2img, the upscaler, progress and interruption. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { paintPng } from './picture.ts'

const whole = (min: number, max: number) => z.number().int().min(min).max(max)
const TEXT = {
  prompt: z.string(),
  negative_prompt: z.string().optional(),
  seed: z.number().int(),
  steps: whole(1, 150).optional(),
  cfg_scale: z.number().min(1).max(30).optional(),
  width: whole(64, 2048).multipleOf(8),
  height: whole(64, 2048).multipleOf(8),
  batch_size: whole(1, 4).optional(),
  send_images: z.literal(true),
  save_images: z.literal(false),
  override_settings: z.strictObject({ sd_model_checkpoint: z.string() }).optional(),
}
const BODIES: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  '/sdapi/v1/txt2img': z.strictObject(TEXT),
  '/sdapi/v1/img2img': z.strictObject({
    ...TEXT,
    init_images: z.array(z.base64()).length(1),
    denoising_strength: z.number().min(0).max(1).optional(),
    mask: z.base64().optional(),
    inpainting_fill: whole(0, 3).optional(),
  }),
  '/sdapi/v1/extra-single-image': z.strictObject({
    image: z.base64(),
    upscaling_resize: z.number().min(1).max(8),
    upscaler_1: z.string().min(1),
  }),
}
const FREE = ['/sdapi/v1/progress?skip_current_image=true', '/sdapi/v1/interrupt']
const probe = createImageProbe()

const reply = (status: number, json: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(json),
})

export const A1111_EMULATION: Emulation = {
  vendor: 'a1111',
  basePath: '',
  isAuthorized: ({ headers }, key) =>
    headers.authorization === `Basic ${Buffer.from(key).toString('base64')}`,
  isBillable: ({ path }) => Object.hasOwn(BODIES, path),
  check: ({ path, json }) => {
    const schema = Object.hasOwn(BODIES, path) ? BODIES[path] : undefined
    if (schema === undefined) return FREE.includes(path) ? null : reply(404, { detail: 'Not Found' })
    const parsed = schema.safeParse(json)
    if (parsed.success) return null
    const detail = parsed.error.issues.map(({ path: loc, message }) => ({
      loc: ['body', ...loc],
      msg: message,
      type: 'value_error',
    }))
    return reply(422, { detail })
  },
  succeed,
  faults: {
    unauthorized: reply(401, { detail: 'Incorrect username or password' }),
    no_credit: reply(402, { detail: 'a gate in front of the server says no' }),
    quota: reply(402, { detail: 'a gate in front of the server says no' }),
    rate_limited: reply(429, { detail: 'busy' }, { 'retry-after': '7' }),
    overloaded: reply(503, { detail: 'loading model' }),
    server_error: reply(500, {
      error: 'OutOfMemoryError',
      detail: '',
      body: '',
      errors: 'CUDA out of memory',
    }),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    // The server refuses nothing.
    refused: reply(200, { images: [], parameters: {}, info: '{}' }),
    // A server that says too much.
    invalid_input: reply(422, {
      detail: [
        {
          loc: ['body', 'prompt'],
          msg: `"turn the logo into a rug" for ${emulatedKey('a1111')}`,
          type: 'value_error',
        },
      ],
    }),
    empty: reply(200, { images: [], parameters: {}, info: '{}' }),
  },
}

async function succeed({ path, json }: EmulatedRequest): Promise<Reply> {
  if (path === '/sdapi/v1/interrupt') return reply(200, {})
  const body = json as {
    width: number
    height: number
    batch_size?: number
    image: string
    upscaling_resize: number
  }
  if (path.startsWith('/sdapi/v1/progress'))
    return reply(200, { progress: 0.45, eta_relative: 3.2, state: { sampling_step: 9, sampling_steps: 20 } })
  if (path === '/sdapi/v1/extra-single-image') {
    const { width, height } = probe.probe(Buffer.from(body.image, 'base64'))
    const { upscaling_resize: times } = body
    const size = { width: Math.round(width * times), height: Math.round(height * times) }
    return reply(200, { html_info: '', image: (await paintPng(size)).toString('base64') })
  }
  const { width, height, batch_size: count = 1 } = body
  const image = (await paintPng({ width, height })).toString('base64')
  // Several come with an overview before them.
  const images = Array.from({ length: count > 1 ? count + 1 : 1 }, () => image)
  const info = JSON.stringify({ seed: 7, index_of_first_image: count > 1 ? 1 : 0 })
  return reply(200, { images, parameters: {}, info })
}
