/** The fault forms that the vendors document or were seen to send, each with what is made of it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import type { UpstreamFaultKind } from '../../src/core/upstream-fault.ts'
import { readBflVerdict } from '../../src/engines/bfl/answer.ts'
import { readArkVerdict } from '../../src/engines/byteplus/answer.ts'
import { readDashScopeVerdict } from '../../src/engines/dashscope/answer.ts'
import { readFalVerdict } from '../../src/engines/fal/answer.ts'
import { readGoogleVerdict } from '../../src/engines/google/answer.ts'
import { readIdeogramVerdict } from '../../src/engines/ideogram/answer.ts'
import { readKreaVerdict } from '../../src/engines/krea/answer.ts'
import { readLumaVerdict } from '../../src/engines/luma/answer.ts'
import { readOpenAiVerdict } from '../../src/engines/openai/answer.ts'
import { readReplicateVerdict } from '../../src/engines/replicate/answer.ts'
import { readRunwayVerdict } from '../../src/engines/runway/answer.ts'
import { readTopazVerdict } from '../../src/engines/topaz/answer.ts'
import type { ReadVerdict } from '../../src/net/upstream/verdict.ts'
import { faultOfAnswer } from '../../src/net/upstream/verdict.ts'

type Form = {
  status: number
  body: unknown
  kind: UpstreamFaultKind
  headers?: Readonly<Record<string, string>>
  retryAfterMs?: number
}

const openAi = (code: string | null, more: object = {}): object => ({
  error: { message: 'why', type: 'invalid_request_error', param: null, code, ...more },
})
const google = (code: number, status: string, details: readonly object[] = []): object => ({
  error: { code, message: 'why', status, details },
})
const quotaOf = (quotaId: string): object => ({ violations: [{ quotaId }] })
const ark = (code: string): object => ({ error: { code, message: 'why', type: 'BadRequest' } })
const dashScope = (code: string): object => ({ code, message: 'why', request_id: 'd0' })
const pydantic = (type: string, field: string): object => ({
  detail: [{ loc: ['body', field], msg: 'why', type }],
})

const FORMS: Readonly<Record<string, { read: ReadVerdict; forms: readonly Form[] }>> = {
  openai: {
    read: readOpenAiVerdict,
    forms: [
      { status: 400, body: openAi('moderation_blocked'), kind: 'refused' },
      { status: 400, body: openAi('image_content_policy_violation'), kind: 'refused' },
      { status: 400, body: openAi('invalid_value', { param: 'model' }), kind: 'invalid_input' },
      { status: 401, body: openAi('invalid_api_key'), kind: 'auth' },
      { status: 403, body: openAi(null), kind: 'auth' },
      {
        status: 429,
        body: openAi('rate_limit_exceeded'),
        headers: { 'retry-after': '7' },
        kind: 'rate_limited',
        retryAfterMs: 7000,
      },
      {
        status: 429,
        body: openAi('rate_limit_exceeded'),
        headers: { 'retry-after-ms': '350', 'retry-after': '1' },
        kind: 'rate_limited',
        retryAfterMs: 350,
      },
      { status: 429, body: openAi('insufficient_quota'), kind: 'quota' },
      { status: 429, body: openAi(null, { type: 'insufficient_quota' }), kind: 'quota' },
      { status: 400, body: openAi('billing_hard_limit_reached'), kind: 'quota' },
      { status: 404, body: openAi('model_not_found'), kind: 'not_found' },
      { status: 500, body: openAi(null, { type: 'server_error' }), kind: 'transient' },
    ],
  },
  google: {
    read: readGoogleVerdict,
    forms: [
      {
        status: 400,
        body: google(400, 'INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID' }]),
        kind: 'auth',
      },
      { status: 400, body: google(400, 'INVALID_ARGUMENT'), kind: 'invalid_input' },
      { status: 404, body: google(404, 'NOT_FOUND'), kind: 'not_found' },
      {
        status: 429,
        body: google(429, 'RESOURCE_EXHAUSTED', [
          quotaOf('GenerateRequestsPerMinutePerProjectPerModel'),
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17s' },
        ]),
        kind: 'rate_limited',
        retryAfterMs: 17_000,
      },
      {
        status: 429,
        body: google(429, 'RESOURCE_EXHAUSTED', [
          quotaOf('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
        ]),
        kind: 'quota',
      },
      { status: 503, body: google(503, 'UNAVAILABLE'), kind: 'transient' },
      { status: 504, body: google(504, 'DEADLINE_EXCEEDED'), kind: 'outcome_unknown' },
    ],
  },
  bfl: {
    read: readBflVerdict,
    forms: [
      { status: 402, body: { detail: 'Insufficient credits.' }, kind: 'quota' },
      { status: 403, body: { detail: 'Not authenticated - Invalid Authentication' }, kind: 'auth' },
      { status: 422, body: pydantic('greater_than_equal', 'width'), kind: 'invalid_input' },
      {
        status: 429,
        body: { detail: 'Rate limit exceeded. Max active requests: 24' },
        headers: { 'retry-after': '5' },
        kind: 'rate_limited',
        retryAfterMs: 5000,
      },
      { status: 500, body: { detail: 'Internal error' }, kind: 'transient' },
    ],
  },
  byteplus: {
    read: readArkVerdict,
    forms: [
      { status: 400, body: ark('InputTextSensitiveContentDetected'), kind: 'refused' },
      { status: 400, body: ark('InputImageSensitiveContentDetected'), kind: 'refused' },
      { status: 400, body: ark('InvalidParameter'), kind: 'invalid_input' },
      { status: 401, body: ark('AuthenticationError'), kind: 'auth' },
      { status: 403, body: ark('AccountOverdueError'), kind: 'quota' },
      { status: 404, body: ark('InvalidEndpointOrModel.NotFound'), kind: 'not_found' },
      { status: 429, body: ark('ModelAccountIpmRateLimitExceeded'), kind: 'rate_limited' },
      { status: 429, body: ark('QuotaExceeded'), kind: 'quota' },
      { status: 500, body: ark('InternalServiceError'), kind: 'transient' },
    ],
  },
  runway: {
    read: readRunwayVerdict,
    forms: [
      {
        status: 400,
        body: {
          error: 'Validation of body failed',
          issues: [{ path: ['ratio'], message: 'Invalid option' }],
        },
        kind: 'invalid_input',
      },
      { status: 401, body: { error: 'Unauthorized' }, kind: 'auth' },
      { status: 400, body: { error: 'You do not have enough credits to run this task.' }, kind: 'quota' },
      { status: 429, body: { error: 'You have exceeded your daily task limit.' }, kind: 'rate_limited' },
      { status: 502, body: { error: '…' }, kind: 'outcome_unknown' },
    ],
  },
  topaz: {
    read: readTopazVerdict,
    forms: [
      { status: 400, body: { message: 'Invalid model' }, kind: 'invalid_input' },
      { status: 401, body: { message: 'Unauthorized' }, kind: 'auth' },
      { status: 402, body: { message: 'Insufficient credits' }, kind: 'quota' },
      { status: 429, body: { message: 'Too many requests' }, kind: 'rate_limited' },
    ],
  },
  ideogram: {
    read: readIdeogramVerdict,
    forms: [
      { status: 422, body: { error: 'Prompt or provided image failed the safety check.' }, kind: 'refused' },
      { status: 400, body: { error: 'Invalid input.' }, kind: 'invalid_input' },
      { status: 401, body: { error: 'Not authorized.' }, kind: 'auth' },
      { status: 402, body: { error: 'Insufficient credits.' }, kind: 'quota' },
      {
        status: 429,
        body: { error: 'Too many requests.' },
        headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' },
        kind: 'rate_limited',
        retryAfterMs: 9000,
      },
    ],
  },
  luma: {
    read: readLumaVerdict,
    forms: [
      {
        status: 400,
        body: { detail: 'Prompt not allowed because advanced moderation failed' },
        kind: 'refused',
      },
      { status: 400, body: { detail: 'Bad aspect ratio' }, kind: 'invalid_input' },
      { status: 401, body: { detail: 'Not authenticated' }, kind: 'auth' },
      { status: 402, body: { detail: 'Insufficient credits' }, kind: 'quota' },
      { status: 429, body: { detail: 'Too many concurrent generations' }, kind: 'rate_limited' },
    ],
  },
  dashscope: {
    read: readDashScopeVerdict,
    forms: [
      { status: 400, body: dashScope('DataInspectionFailed'), kind: 'refused' },
      { status: 400, body: dashScope('InvalidParameter'), kind: 'invalid_input' },
      { status: 401, body: dashScope('InvalidApiKey'), kind: 'auth' },
      { status: 403, body: dashScope('AllocationQuota.FreeTierOnly'), kind: 'quota' },
      { status: 400, body: dashScope('Arrearage'), kind: 'quota' },
      { status: 429, body: dashScope('Throttling.RateQuota'), kind: 'rate_limited' },
      { status: 500, body: dashScope('InternalError'), kind: 'transient' },
    ],
  },
  fal: {
    read: readFalVerdict,
    forms: [
      {
        status: 401,
        body: { detail: 'Cannot access application without authentication' },
        kind: 'auth',
      },
      { status: 403, body: { detail: 'User is locked. Reason: Exhausted balance.' }, kind: 'quota' },
      { status: 403, body: { detail: 'Forbidden' }, kind: 'auth' },
      { status: 422, body: pydantic('value_error.missing', 'image_urls'), kind: 'invalid_input' },
      { status: 422, body: pydantic('content_policy_violation', 'prompt'), kind: 'refused' },
      { status: 422, body: pydantic('file_download_error', 'image_urls'), kind: 'invalid_input' },
      { status: 429, body: { detail: 'too many concurrent requests' }, kind: 'rate_limited' },
      { status: 500, body: { detail: 'downstream service error' }, kind: 'transient' },
    ],
  },
  replicate: {
    read: readReplicateVerdict,
    forms: [
      { status: 401, body: { title: 'Unauthenticated', detail: 'why', status: 401 }, kind: 'auth' },
      { status: 402, body: { title: 'Insufficient credit', detail: 'why', status: 402 }, kind: 'quota' },
      { status: 404, body: { detail: 'not found', status: 404 }, kind: 'not_found' },
      {
        status: 422,
        body: { title: 'Input validation failed', detail: 'why', invalid_fields: [{ field: 'input.seed' }] },
        kind: 'invalid_input',
      },
      {
        status: 429,
        body: { detail: 'Request was throttled. Your rate limit resets in ~30s.', status: 429 },
        kind: 'rate_limited',
        retryAfterMs: 30_000,
      },
    ],
  },
  krea: {
    read: readKreaVerdict,
    forms: [
      { status: 400, body: { error: 'why' }, kind: 'invalid_input' },
      { status: 401, body: { error: 'why' }, kind: 'auth' },
      { status: 402, body: { error: 'out of credits' }, kind: 'quota' },
      { status: 404, body: { error: 'why' }, kind: 'not_found' },
      { status: 429, body: { error: 'maximum number of concurrent jobs' }, kind: 'rate_limited' },
    ],
  },
}

/** What a gateway before any vendor sends: no JSON, and still a verdict. */
const OF_GATEWAYS: readonly Form[] = [
  { status: 502, body: undefined, kind: 'outcome_unknown' },
  { status: 503, body: undefined, kind: 'transient' },
  { status: 524, body: undefined, kind: 'outcome_unknown' },
  { status: 429, body: undefined, kind: 'rate_limited' },
]
const PAID_FOR_CERTAIN_NOT: ReadonlySet<UpstreamFaultKind> = new Set([
  'refused',
  'invalid_input',
  'auth',
  'quota',
  'not_found',
  'rate_limited',
])

for (const [vendor, { read, forms }] of Object.entries(FORMS))
  void describe(`what ${vendor} says when it does not make an image`, () => {
    for (const { status, body, headers = {}, kind, retryAfterMs = null } of [...forms, ...OF_GATEWAYS]) {
      const text = body === undefined ? '<html>' : JSON.stringify(body)
      void test(`${status} ${text}: ${kind}`, () => {
        const answer = { status, headers, text, json: body }
        const fault = upstreamFaultOf(
          faultOfAnswer(answer, read(answer), {
            upstream: { vendor, secretVariable: 'KEY' },
            call: 'submit',
            known: [],
            now: 0,
          }),
        )
        assert.deepEqual([fault?.kind, fault?.retryAfterMs], [kind, retryAfterMs])
        // Called unpaid, a job may go to another engine; where the outcome is open it must not.
        if (PAID_FOR_CERTAIN_NOT.has(kind)) assert.equal(fault?.charged, 'no')
        if (kind === 'outcome_unknown' || status === 500) assert.equal(fault?.charged, 'maybe')
      })
    }
  })
