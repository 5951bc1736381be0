import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { catalogueModel, generateInput, inputImage, offer, storedJob } from '../../test/support/requests.ts'
import { AfterimageError } from './errors.ts'
import { createQueueRoom } from './queue-room.ts'
import type { NewJob } from './ports.ts'
import { createDryRun, createSubmitJob } from './submit-job.ts'
import type { SubmitDeps, SubmitRequest } from './submit-job.ts'

const PARENT = '0b6ff1b3-6f3c-4c6e-9d0e-1f8a6f1d2c3b'

type Setup = Partial<SubmitDeps> & { pending?: number }

function setUp(more: Setup = {}): { deps: SubmitDeps; submitted: NewJob[]; deleted: string[] } {
  const submitted: NewJob[] = []
  const deleted: string[] = []
  const deps: SubmitDeps = {
    state: {
      submit: (job) => {
        submitted.push(job)
        return Promise.resolve(storedJob({ id: job.id }))
      },
      getJob: (id) => Promise.resolve(id === PARENT ? storedJob({ id }) : null),
    },
    blobs: {
      delete: (key) => {
        deleted.push(key)
        return Promise.resolve()
      },
    },
    catalogue: { find: (id) => (id === 'test/model' ? catalogueModel() : null) },
    admitInputs: () => Promise.resolve([inputImage('image_urls[0]')]),
    offers: [offer('vendor')],
    isDraftEnabled: true,
    room: createQueueRoom({ countPending: () => Promise.resolve(more.pending ?? 0) }, 10),
    ...more,
  }
  return { deps, submitted, deleted }
}

const { images: _images, ...input } = generateInput({ fields: { steps: 3 } })
const request: SubmitRequest = {
  accountId: 'a',
  model: 'test/model',
  input,
  sources: [],
  warnings: [{ code: 'alias', path: 'x', message: 'y' }],
}

void describe('submitJob', () => {
  void test('stores one job with its admitted inputs, its plan and all warnings', async () => {
    const { deps, submitted, deleted } = setUp()
    const job = await createSubmitJob(deps)(request)
    const [stored] = submitted
    assert.equal(submitted.length, 1)
    assert.equal(job.id, stored?.id)
    assert.match(String(stored?.id), /^[0-9a-f]{8}-[0-9a-f]{4}-4/u)
    assert.deepEqual([stored?.accountId, stored?.type, stored?.plan.engine], ['a', 'externalImage', 'vendor'])
    assert.equal(stored?.input.images.length, 1)
    assert.deepEqual(
      stored?.plan.warnings.map(({ code }) => code),
      ['alias', 'unsupported_field'],
    )
    assert.deepEqual(deleted, [])
  })

  void test('a full queue refuses before anything is fetched', async () => {
    const admitInputs = (): never => assert.fail('inputs must not be admitted')
    const { deps, submitted } = setUp({ pending: 10, admitInputs })
    await assert.rejects(createSubmitJob(deps)(request), { code: 'queue_full', retryAfterSeconds: 10 })
    assert.equal(submitted.length, 0)
  })

  void test('a refused plan takes the admitted inputs away again', async () => {
    const { deps, submitted, deleted } = setUp()
    await assert.rejects(createSubmitJob(deps)({ ...request, engine: 'nobody' }), { code: 'invalid_request' })
    assert.deepEqual([submitted.length, deleted.length], [0, 1])
  })

  void test('a commit that failed keeps the bytes: it may have happened after all', async () => {
    const { deps, deleted } = setUp()
    const state = { ...deps.state, submit: () => Promise.reject(new AfterimageError('unavailable')) }
    await assert.rejects(createSubmitJob({ ...deps, state })(request), { code: 'unavailable' })
    assert.deepEqual(deleted, [])
  })

  void test('a parent of the account is kept; any other is left out, and a warning says so', async () => {
    const { deps, submitted } = setUp()
    await createSubmitJob(deps)({ ...request, parentJobId: PARENT })
    await createSubmitJob(deps)({ ...request, parentJobId: '11111111-2222-3333-4444-555555555555' })
    const [child, orphan] = submitted
    assert.equal(child?.parentJobId, PARENT)
    assert.equal(orphan?.parentJobId, null)
    assert.deepEqual(
      orphan?.plan.warnings.filter(({ code }) => code === 'unknown_parent').map(({ path }) => path),
      ['afterimage.parent_job_id'],
    )
  })

  void test('an unknown model is not found', async () => {
    await assert.rejects(createSubmitJob(setUp().deps)({ ...request, model: 'no/such' }), {
      code: 'not_found',
    })
  })

  void test('a dry run plans, stores no job and keeps no bytes', async () => {
    const { deps, submitted, deleted } = setUp()
    const { plan } = await createDryRun(deps)(request)
    assert.equal(plan.estimate.microUsd, 1234)
    assert.deepEqual([submitted.length, deleted.length], [0, 1])
  })
})
