import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { createCatalogue } from '../catalogue/index.ts'
import { AfterimageError } from '../core/errors.ts'
import type { Job } from '../core/job.ts'
import type { Asset } from '../core/ports.ts'
import { buildOpenApi } from './openapi.ts'
import { parseGenerate } from './parse.ts'
import { renderAsset, renderError, renderJob, renderModel, renderModelSchema } from './render.ts'
import type { WireJob } from './types.ts'

const catalogue = createCatalogue()
const baseUrl = 'https://images.example'
const createdAtMicros = Date.parse('2026-11-24T12:00:00.123Z') * 1000 + 456

function jobOf(members: Partial<Job> = {}): Job {
  const model = catalogue.findModel('google/nano-banana-pro')
  assert.ok(model !== null)
  const { input } = parseGenerate({
    model,
    body: { prompt: 'x', image_urls: ['https://secret.example/in.png'] },
    mode: 'aliases',
    newSeed: () => 1,
  })
  const info = { format: 'jpeg', width: 40, height: 30, orientation: 6, frames: 1, hasAlpha: false } as const
  const source = { role: 'source', path: 'image_urls[0]', blobKey: 'b', sha256: '', bytes: 1, info } as const
  const mask = { ...source, role: 'mask', info: { ...info, width: 1 } } as const
  const images = [mask, source].map((image) => ({ ...image, strength: null, tag: null }))
  return {
    id: 'd6c4c37e-0000-4000-8000-000000000000',
    accountId: 'a',
    type: 'externalImage',
    model: model.id,
    status: 'queued',
    queue: 'local',
    engine: 'afterimage/draft',
    fallback: null,
    input: { ...input, images },
    createdAtMicros,
    completedAt: null,
    attempts: [],
    progress: null,
    preview: null,
    outputs: [],
    warnings: [],
    recipe: null,
    geometry: null,
    cost: { microUsd: null, basis: 'unknown', computeUnits: null },
    error: null,
    parentJobId: null,
    expiresAt: null,
    isCancelRequested: false,
    version: 1,
    ...members,
  }
}

const completedAt = Date.parse('2026-11-24T12:00:05Z')
const output = {
  fileId: 'f'.repeat(32),
  blobKey: 'o',
  contentType: 'image/png',
  bytes: 1,
  sha256: '',
  width: 1,
  height: 1,
}
const completed = (): Job => jobOf({ status: 'completed', completedAt, outputs: [output] })
const failed = (): Job =>
  jobOf({
    status: 'failed',
    completedAt,
    error: { code: 'engine_failed', message: 'It broke.', isRetryable: true },
  })

function full(job: Job): WireJob {
  return renderJob(job, { baseUrl, mode: 'aliases' }) as WireJob
}

void describe('a job', () => {
  void test('pending: the shape of the guide, at submit and later', () => {
    for (const moment of ['submit', 'read'] as const) {
      const job = renderJob(jobOf(), { baseUrl, mode: 'aliases', moment }) as WireJob
      const { job_id, status, type, created_at, completed_at, result } = job
      assert.deepEqual(
        { job_id, status, type, created_at, completed_at, result },
        {
          job_id: 'd6c4c37e-0000-4000-8000-000000000000',
          status: 'queued',
          type: 'externalImage',
          created_at: '2026-11-24T12:00:00.123Z',
          completed_at: null,
          result: {},
        },
      )
      assert.ok(!('error' in job))
    }
  })

  void test('completed: absolute URLs of the outputs, and no others inside result', () => {
    const job = full(completed())
    assert.deepEqual(job.result, { urls: [`${baseUrl}/files/${'f'.repeat(32)}.png`] })
    assert.equal(job.completed_at, '2026-11-24T12:00:05.000Z')
    assert.ok(!JSON.stringify(job).includes('secret.example'))
  })

  void test('failed: the reason in error and in result', () => {
    const job = full(failed())
    assert.deepEqual(job.error, { code: 'engine_failed', message: 'It broke.', retryable: true })
    assert.deepEqual(job.result, { error: 'It broke.' })
    assert.deepEqual(full(jobOf({ status: 'cancelled', completedAt })).result, {})
  })

  void test('everything else about it', () => {
    const job = full(
      jobOf({
        status: 'sampling',
        progress: { stage: 'tiles', percent: 40, etaMs: 1200 },
        cost: { microUsd: 150_000, basis: 'list_price', computeUnits: 60.1 },
        attempts: [
          {
            number: 1,
            engine: 'google',
            startedAt: completedAt,
            endedAt: null,
            outcome: null,
            upstreamId: 'u1',
            handle: { token: 'internal' },
            error: null,
          },
          {
            number: 2,
            engine: 'fal',
            startedAt: completedAt,
            endedAt: completedAt,
            outcome: 'failed',
            upstreamId: null,
            error: 'fal asks to wait.',
          },
        ],
        warnings: [{ code: 'c', path: 'p', message: 'm' }],
        recipe: [{ operation: 'sepia', amount: 0.8 }],
        expiresAt: completedAt,
      }),
    )
    assert.deepEqual(job.progress, { stage: 'tiles', percent: 40, eta_ms: 1200 })
    assert.deepEqual(job.cost, { amount_usd: 0.15, basis: 'list_price', compute_units: 60.1 })
    assert.deepEqual(job.attempts, [
      {
        engine: 'google',
        started_at: '2026-11-24T12:00:05.000Z',
        ended_at: null,
        outcome: null,
        upstream_id: 'u1',
      },
      {
        engine: 'fal',
        started_at: '2026-11-24T12:00:05.000Z',
        ended_at: '2026-11-24T12:00:05.000Z',
        outcome: 'failed',
        error: 'fal asks to wait.',
      },
    ])
    assert.deepEqual(job.recipe, [{ operation: 'sepia', amount: 0.8 }])
    assert.deepEqual(job.source, { width: 40, height: 30, format: 'jpeg' })
    assert.equal(job.expires_at, '2026-11-24T12:00:05.000Z')
    assert.equal(job.urls.cancel, `${baseUrl}/jobs/${job.job_id}/cancel`)
    assert.ok(!('handle' in (job.attempts[0] ?? {})))
  })
})

void describe('a job in strict mode', () => {
  void test('pending: both null at submit, both absent afterwards', () => {
    const head = {
      job_id: 'd6c4c37e-0000-4000-8000-000000000000',
      status: 'queued',
      created_at: '2026-11-24T12:00:00.123Z',
    }
    assert.deepEqual(renderJob(jobOf(), { baseUrl, mode: 'strict', moment: 'submit' }), {
      ...head,
      completed_at: null,
      result: null,
    })
    assert.deepEqual(renderJob(jobOf(), { baseUrl, mode: 'strict', moment: 'read' }), head)
  })

  void test('terminal: the five members of the document', () => {
    for (const job of [completed(), failed()])
      assert.deepEqual(Object.keys(renderJob(job, { baseUrl, mode: 'strict' })).toSorted(), [
        'completed_at',
        'created_at',
        'job_id',
        'result',
        'status',
      ])
  })
})

void describe('the OpenAPI document tells the truth about', () => {
  for (const mode of ['strict', 'aliases', 'lenient'] as const)
    void test(`jobs and errors in ${mode} mode, whatever became of them`, () => {
      const { components } = buildOpenApi({ catalogue, serverUrl: baseUrl, version: '1', mode })
      const ajv = new Ajv2020({ strict: false, allErrors: true })
      ajvFormats.default(ajv)
      const check = (name: string, value: unknown): void => {
        const validate = ajv.compile({ $ref: `#/components/schemas/${name}`, components })
        assert.equal(validate(JSON.parse(JSON.stringify(value))), true, JSON.stringify(validate.errors))
      }
      const busy = jobOf({ status: 'sampling', progress: { stage: 'tiles', percent: 4, etaMs: null } })
      for (const job of [jobOf(), busy, completed(), failed(), jobOf({ recipe: [{ operation: 'sepia' }] })])
        for (const moment of ['submit', 'read'] as const)
          check('Job', renderJob(job, { baseUrl, mode, moment }))
      const issues = [{ path: 'a', message: 'b', code: 'c' }]
      check('Error', renderError(new AfterimageError('invalid_request', 'x', { issues }), 'r'))
      check('Error', renderError(new AfterimageError('model_unavailable'), 'r'))
      assert.throws(() => check('Job', { job_id: 'x' }))
    })
})

void describe('other answers', () => {
  void test('an asset has everything that clients read', () => {
    const asset: Asset = {
      id: 'i',
      accountId: 'a',
      fileId: 'e'.repeat(32),
      blobKey: 'b',
      filename: 'x.jpg',
      description: null,
      contentType: 'image/jpeg',
      bytes: 12,
      sha256: '',
      width: 3,
      height: 4,
      createdAtMicros,
      expiresAt: null,
    }
    const url = `${baseUrl}/files/${'e'.repeat(32)}.jpg`
    const expected = {
      id: 'i',
      image_url: url,
      url,
      uploaded_at: '2026-11-24T12:00:00.123Z',
      width: 3,
      height: 4,
      size_bytes: 12,
      mime_type: 'image/jpeg',
      description: null,
    }
    assert.deepEqual(renderAsset(asset, { baseUrl, mode: 'strict' }), expected)
    assert.deepEqual(renderAsset(asset, { baseUrl, mode: 'aliases' }), { ...expected, expires_at: null })
    const expiring = renderAsset({ ...asset, expiresAt: 1000 }, { baseUrl, mode: 'aliases' })
    assert.equal(expiring.expires_at, '1970-01-01T00:00:01.000Z')
    assert.equal(
      renderAsset({ ...asset, contentType: 'application/x' }, { baseUrl, mode: 'strict' }).url,
      `${baseUrl}/files/${'e'.repeat(32)}`,
    )
  })

  void test('an error says the same twice, and a 410 its word', () => {
    const issues = [{ path: 'prompt', message: 'is required', code: 'required' }]
    assert.deepEqual(renderError(new AfterimageError('invalid_request', 'No.', { issues }), 'r1'), {
      error: 'No.',
      message: 'No.',
      code: 'invalid_request',
      issues,
      request_id: 'r1',
    })
    const gone = new AfterimageError('model_unavailable', 'Gone.', {
      extra: { error: 'model_unavailable', reason: 'deprecated' },
    })
    assert.deepEqual(renderError(gone, 'r2'), {
      error: 'model_unavailable',
      message: 'Gone.',
      code: 'model_unavailable',
      request_id: 'r2',
      reason: 'deprecated',
    })
  })

  void test('a model, and a model with its schema', () => {
    const model = catalogue.findModel('topaz/standard-enhance')
    assert.ok(model !== null)
    assert.deepEqual(renderModel(model), {
      id: 'topaz/standard-enhance',
      name: 'Topaz',
      category: 'enhance',
      provider: 'topaz',
      path: '/generate/enhance/topaz/standard-enhance',
      description: model.summary,
      operations: ['enhance'],
      price: null,
      latency_seconds: null,
    })
    const { endpoint_path, input_schema } = renderModelSchema(model)
    assert.equal(endpoint_path, model.path)
    assert.deepEqual(input_schema['required'], ['image_url', 'width', 'height', 'model'])
  })
})
