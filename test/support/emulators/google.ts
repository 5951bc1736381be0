/** Google's Gemini API as of November 2026: `generateContent` of the image models. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { paintPng } from './picture.ts'

type ModelRule = { maxImages: number; ratios: readonly string[]; sizes: readonly string[] }

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']
const MODELS: Readonly<Record<string, ModelRule>> = {
  'gemini-3-pro-image': { maxImages: 14, ratios: RATIOS, sizes: ['1K', '2K', '4K'] },
  'gemini-nano-banana-2.1': {
    maxImages: 14,
    ratios: [...RATIOS, '4:1', '1:4', '1:8', '8:1'],
    sizes: ['1K', '2K', '4K'],
  },
  'gemini-3.1-flash-lite-image': { maxImages: 3, ratios: RATIOS, sizes: [] },
}
const SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '4K': 4096 }
const MAX_BYTES = 20_000_000
const PATH = /^\/models\/([\w.-]+):generateContent$/u
const probe = createImageProbe()

const PART = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({
    inlineData: z.strictObject({
      mimeType: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/heic']),
      data: z.base64(),
    }),
  }),
])
const BODY = z.strictObject({
  contents: z.array(z.strictObject({ role: z.literal('user'), parts: z.array(PART).min(1) })).length(1),
  generationConfig: z.strictObject({
    responseModalities: z.array(z.enum(['TEXT', 'IMAGE'])),
    imageConfig: z
      .strictObject({ aspectRatio: z.string().optional(), imageSize: z.string().optional() })
      .optional(),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
  }),
})
type Body = z.output<typeof BODY>

const USAGE = { promptTokenCount: 583, totalTokenCount: 583 }

export function googleFault(code: number, status: string, more: object = {}): Reply {
  return { status: code, body: JSON.stringify({ error: { code, message: status, status, ...more } }) }
}

/** A 200 without an image. */
export function googleEnd(finishReason: string, parts: readonly object[] = []): Reply {
  const candidates = [{ index: 0, finishReason, content: { role: 'model', parts } }]
  return { status: 200, body: JSON.stringify({ candidates, usageMetadata: USAGE, responseId: 'rsp-F1' }) }
}

export const GOOGLE_EMULATION: Emulation = {
  vendor: 'google',
  basePath: '/v1beta',
  isAuthorized: ({ headers }, key) => headers['x-goog-api-key'] === key,
  isBillable: ({ method, path }) => method === 'POST' && PATH.test(path),
  check: checkRequest,
  succeed,
  faults: {
    unauthorized: googleFault(400, 'INVALID_ARGUMENT', {
      message: `API key not valid: ${emulatedKey('google')}.`,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
        },
      ],
    }),
    no_credit: googleFault(402, 'FAILED_PRECONDITION'),
    quota: googleFault(429, 'RESOURCE_EXHAUSTED', {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
        },
      ],
    }),
    rate_limited: googleFault(429, 'RESOURCE_EXHAUSTED', {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' },
      ],
    }),
    overloaded: googleFault(503, 'UNAVAILABLE'),
    server_error: googleFault(500, 'INTERNAL'),
    gateway_timeout: googleFault(504, 'DEADLINE_EXCEEDED'),
    // A vendor that says too much.
    invalid_input: invalid(`Bad prompt "turn the logo into a rug" for key ${emulatedKey('google')}.`),
    refused: googleEnd('IMAGE_SAFETY'),
    empty: googleEnd('NO_IMAGE'),
  },
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  const id = PATH.exec(path)?.[1]
  const rule = id === undefined ? undefined : MODELS[id]
  if (method !== 'POST' || rule === undefined)
    return googleFault(404, 'NOT_FOUND', { message: `models/${id} is not found for API version v1beta` })
  if (Number(headers['content-length']) > MAX_BYTES) return invalid('Request payload size exceeds the limit')
  const parsed = BODY.safeParse(json)
  if (!parsed.success) return invalid(`Invalid JSON payload received: ${z.prettifyError(parsed.error)}`)
  return checkBody(parsed.data, rule)
}

function invalid(message: string): Reply {
  return googleFault(400, 'INVALID_ARGUMENT', { message })
}

function checkBody(body: Body, rule: ModelRule): Reply | null {
  const { imageConfig = {} } = body.generationConfig
  const images = imagesOf(body)
  if (images.length > rule.maxImages) return invalid('Too many images')
  if (imageConfig.aspectRatio !== undefined && !rule.ratios.includes(imageConfig.aspectRatio))
    return invalid('Invalid aspect ratio')
  if (imageConfig.imageSize !== undefined && !rule.sizes.includes(imageConfig.imageSize))
    return invalid('Invalid image size')
  const isTrue = images.every(
    ({ mimeType, data }) => mimeType === `image/${probe.probe(Buffer.from(data, 'base64')).format}`,
  )
  return isTrue ? null : invalid('Unable to process input image.')
}

function imagesOf({ contents }: Body): { mimeType: string; data: string }[] {
  return contents.flatMap(({ parts }) =>
    parts.flatMap((part) => ('inlineData' in part ? [part.inlineData] : [])),
  )
}

async function succeed({ json, path }: EmulatedRequest): Promise<Reply> {
  const { aspectRatio = '1:1', imageSize = '1K' } = BODY.parse(json).generationConfig.imageConfig ?? {}
  const [wide = 1, high = 1] = aspectRatio.split(':').map(Number)
  const side = SIDES[imageSize] ?? 1024
  const ratio = Math.sqrt(wide / high)
  const png = await paintPng({ width: Math.round(side * ratio), height: Math.round(side / ratio) })
  const parts = [
    { text: 'The user wants a picture.', thought: true },
    { inlineData: { mimeType: 'image/png', data: png.toString('base64') }, thoughtSignature: 'c2ln' },
  ]
  const body = {
    candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts } }],
    usageMetadata: {
      promptTokenCount: 583,
      candidatesTokenCount: 1120,
      thoughtsTokenCount: 180,
      totalTokenCount: 1883,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 23 },
        { modality: 'IMAGE', tokenCount: 560 },
      ],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1120 }],
    },
    modelVersion: PATH.exec(path)?.[1],
    responseId: 'rsp-F1',
  }
  return { status: 200, body: JSON.stringify(body) }
}
