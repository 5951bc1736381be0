/** A server at home in the form of OpenAI's images API, as far as all of them agree. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { paintPng } from './picture.ts'

const BODY = z.strictObject({
  model: z.enum(['flux-kontext', 'z-image']),
  prompt: z.string().min(1),
  n: z.coerce.number().int().min(1).max(8),
  size: z
    .string()
    .regex(/^\d+x\d+$/u)
    .optional(),
  response_format: z.literal('b64_json'),
})
const PATHS = ['/images/edits', '/images/generations']
const PARTS = ['image', 'image[]', 'mask']
const probe = createImageProbe()

const fault = (status: number, error: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify({ error }),
})
const bodyOf = ({ json, fields }: EmulatedRequest): unknown => json ?? Object.fromEntries(fields)

export const COMPATIBLE_EMULATION: Emulation = {
  vendor: 'compatible',
  basePath: '/v1',
  isAuthorized: ({ headers }, key) => headers.authorization === `Bearer ${key}`,
  isBillable: ({ path }) => PATHS.includes(path),
  check: (request) => {
    const { path, files } = request
    if (!PATHS.includes(path))
      return path.startsWith('/generated/') ? null : fault(404, { message: 'no route' })
    const parsed = BODY.safeParse(bodyOf(request))
    if (!parsed.success) return fault(400, { code: 400, message: parsed.error.message })
    const isEdit = path === '/images/edits'
    const isFit = files.every(({ name }) => PARTS.includes(name)) && files.length > 0 === isEdit
    return isFit ? null : fault(400, { code: 400, message: 'wrong files' })
  },
  succeed: async (request) => {
    if (request.path.startsWith('/generated/'))
      return {
        status: 200,
        headers: { 'content-type': 'image/png' },
        body: await paintPng({ width: 64, height: 48 }),
      }
    const { size, n: count, prompt } = BODY.parse(bodyOf(request))
    // A server that does not listen to response_format.
    if (prompt.includes('[as address]'))
      return answer([{ url: `http://${request.headers.host}/v1/generated/1.png` }])
    const [first] = request.files
    const followed = first === undefined ? { width: 512, height: 512 } : probe.probe(first.bytes)
    const [width = followed.width, height = followed.height] = size?.split('x').map(Number) ?? []
    const b64_json = (await paintPng({ width, height })).toString('base64')
    return answer(Array.from({ length: count }, () => ({ b64_json })))
  },
  faults: {
    unauthorized: fault(401, { code: 401, message: `invalid key ${emulatedKey('compatible')}` }),
    no_credit: fault(402, { code: 'budget_exceeded', message: 'budget' }),
    quota: fault(429, { code: 'insufficient_quota', message: 'quota' }),
    rate_limited: fault(429, { code: 429, message: 'slow down' }, { 'retry-after': '7' }),
    overloaded: fault(503, { code: 503, message: 'loading' }),
    server_error: fault(500, { code: 500, message: 'could not load model', type: '' }),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: fault(400, { code: 'content_policy_violation', message: 'no' }),
    // A server that says too much.
    invalid_input: fault(400, {
      code: 400,
      message: `bad "turn the logo into a rug" for ${emulatedKey('compatible')}`,
    }),
    empty: { status: 200, body: JSON.stringify({ created: 1_795_345_000, data: [] }) },
  },
}

function answer(data: readonly object[]): Reply {
  return { status: 200, body: JSON.stringify({ created: 1_795_345_000, data }) }
}
