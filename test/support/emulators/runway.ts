/** Runway's API as of November 2026: `text_to_image`, tasks, and the file server. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

const RATIOS = [
  '1024:1024',
  '1080:1080',
  '1168:880',
  '1360:768',
  '1440:1080',
  '1080:1440',
  '1808:768',
  '1920:1080',
  '1080:1920',
  '2112:912',
  '1280:720',
  '720:1280',
  '720:720',
  '960:720',
  '720:960',
  '1680:720',
] as const
const TASK = /^\/tasks\/([\w-]+)$/u
const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const DATA_URI = /^data:image\/([a-z]+);base64,(.+)$/su
const MAX_URI = 5 * 1024 * 1024
const CREDITS = 5
const probe = createImageProbe()

const BODY = z.strictObject({
  model: z.enum(['gen4_image', 'gen4_image_turbo']),
  promptText: z.string().min(1).max(1000),
  ratio: z.enum(RATIOS),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  referenceImages: z
    .array(
      z.strictObject({
        uri: z.string().max(MAX_URI).refine(isTruePicture),
        tag: z
          .string()
          .regex(/^[a-zA-Z]\w{2,15}$/u)
          .optional(),
      }),
    )
    .min(1)
    .max(3)
    .optional(),
  contentModeration: z.strictObject({ publicFigureThreshold: z.enum(['auto', 'low']) }).optional(),
})

function runwayFault(status: number, error: string, more: object = {}): Reply {
  return { status, body: JSON.stringify({ error, ...more }) }
}

export const RUNWAY_EMULATION: Emulation = {
  vendor: 'runway',
  basePath: '/v1',
  isAuthorized: ({ headers, path }, key) =>
    RESULT_FILE.test(path) || headers['authorization'] === `Bearer ${key}`,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url) => submitted({ end: 'address', url }),
  faults: {
    unauthorized: runwayFault(401, `Unauthorized: ${emulatedKey('runway')}`),
    no_credit: runwayFault(400, 'You do not have enough credits to run this task.'),
    quota: runwayFault(400, 'You do not have enough credits to run this task.'),
    rate_limited: {
      ...runwayFault(429, 'You have exceeded your daily task limit.'),
      headers: { 'retry-after': '7' },
    },
    overloaded: runwayFault(503, 'Service unavailable'),
    server_error: runwayFault(500, 'Internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: submitted({ end: 'refused' }),
    // A vendor that says too much.
    invalid_input: runwayFault(400, 'Validation of body failed', {
      issues: [
        {
          path: ['promptText'],
          message: `"turn the logo into a rug" does not suit ${emulatedKey('runway')}`,
        },
      ],
      docUrl: 'https://docs.dev.runwayml.com/api',
    }),
    empty: submitted({ end: 'empty' }),
  },
}

function isTruePicture(uri: string): boolean {
  const [, named = '', data = ''] = DATA_URI.exec(uri) ?? []
  return data !== '' && probe.probe(Buffer.from(data, 'base64')).format === named
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path))
    return headers['authorization'] === undefined ? null : runwayFault(400, 'a key came along')
  if (headers['x-runway-version'] !== '2024-11-06') return runwayFault(400, 'X-Runway-Version is missing')
  if (method === 'GET' || method === 'DELETE')
    return fateOf(TASK.exec(path)?.[1]) === null ? runwayFault(404, 'Not found') : null
  if (path !== '/text_to_image') return runwayFault(404, 'Not found')
  const parsed = BODY.safeParse(json)
  if (parsed.success) return null
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path, message: issue.message }))
  return runwayFault(400, 'Validation of body failed', { issues })
}

async function succeed({ method, path, json, headers }: EmulatedRequest): Promise<Reply> {
  if (method === 'DELETE') return { status: 204, body: '' }
  if (method === 'POST') {
    const [width = 0, height = 0] = BODY.parse(json).ratio.split(':').map(Number)
    return submitted({ end: 'image', width, height, format: 'png' })
  }
  const file = RESULT_FILE.exec(path)?.[1]
  const id = file ?? TASK.exec(path)?.[1] ?? ''
  const fate = fateOf(id)
  if (fate === null) return runwayFault(404, 'Not found')
  if (file === undefined) return taskOf(id, fate, headers['host'] ?? '')
  return fate.end === 'image'
    ? { status: 200, headers: { 'content-type': 'image/png' }, body: await paint(fate, 'png') }
    : runwayFault(404, 'Not found')
}

function submitted(fate: JobFate): Reply {
  const body = { id: toJobId(fate), estimatedCost: { credits: CREDITS } }
  return { status: 200, body: JSON.stringify(body) }
}

function taskOf(id: string, fate: JobFate, host: string): Reply {
  const task = (status: string, more: object): Reply => ({
    status: 200,
    body: JSON.stringify({ id, createdAt: '2026-11-22T10:00:00Z', status, ...more }),
  })
  const failed = (failureCode: string): Reply =>
    task('FAILED', { failure: 'It did not work', failureCode, cost: { credits: 0 } })
  const cost = { credits: CREDITS }
  if (fate.end === 'image')
    return task('SUCCEEDED', { output: [`http://${host}/v1/results/made/${id}`], cost })
  if (fate.end === 'address') return task('SUCCEEDED', { output: [fate.url], cost })
  if (fate.end === 'empty') return task('SUCCEEDED', { output: [], cost })
  if (fate.end === 'cancelled') return task('CANCELLED', { cost: { credits: 0 } })
  return failed(fate.end === 'refused' ? 'SAFETY.INPUT.TEXT' : 'INTERNAL')
}
