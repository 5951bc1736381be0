import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateInput, inputImage, storedJob } from '../../../test/support/requests.ts'
import type { Job } from '../../core/job.ts'
import { Afterimage } from '../../sdk/index.ts'
import type { LostSubmit } from './find-lost-job.ts'
import { findLostJob } from './find-lost-job.ts'
import type { RunServer } from './server.ts'

const SINCE = '2026-11-24T10:00:00.000Z'
const HASH = 'c'.repeat(64)
const { info } = inputImage('image_url')

function lost(more: Partial<LostSubmit> = {}): LostSubmit {
  const file = { path: 'a.png', bytes: 100, sha256: HASH, info }
  return { file, model: 'test/model', prompt: 'make it warmer', since: SINCE, known: new Set(), ...more }
}

/** A server whose GET /jobs answers these jobs; `stored` as its database has them, null when it is remote. */
function server(wire: readonly object[], stored: readonly Job[] | null = null): RunServer {
  const answer = (): Promise<Response> => Promise.resolve(Response.json({ items: wire, next_cursor: null }))
  return {
    client: new Afterimage({ baseUrl: 'http://server', fetch: answer }),
    id: 'here',
    isLocal: stored !== null,
    state: stored === null ? null : { listJobs: () => Promise.resolve(stored) },
    close: () => Promise.resolve(),
  }
}

function wireJob(id: string, more: object = {}): object {
  const source = { width: info.width, height: info.height, format: 'png' }
  return { job_id: id, created_at: '2026-11-24T10:00:01.000Z', model: 'test/model', source, ...more }
}

void describe('finding a lost job', () => {
  const at = (milliseconds: number): number => (Date.parse(SINCE) + milliseconds) * 1000

  void test('by the hash of its input where the database is at hand', async () => {
    const input = generateInput({ images: [inputImage('image_url')] })
    const mine = storedJob({ id: 'mine', input, createdAtMicros: at(5) })
    const others = [
      storedJob({ ...mine, id: 'earlier', createdAtMicros: at(-1) }),
      storedJob({ ...mine, id: 'prompt', input: { ...input, prompt: 'colder' } }),
      storedJob({ ...mine, id: 'model', input: { ...input, model: 'test/other' } }),
      storedJob({
        ...mine,
        id: 'image',
        input: { ...input, images: [inputImage('image_url', { sha256: 'd' })] },
      }),
    ]
    assert.equal(await findLostJob(server([], [...others, mine]), lost()), 'mine')
    assert.equal(await findLostJob(server([], others), lost()), null)
    assert.equal(await findLostJob(server([], [mine]), lost({ known: new Set(['mine']) })), null)
  })

  void test('over the API by model, time and size of the source', async () => {
    const others = [
      wireJob('size', { source: { width: 1, height: 1 } }),
      wireJob('model', { model: 'test/other' }),
      wireJob('known'),
    ]
    const old = wireJob('old', { created_at: '2026-11-24T09:59:59.000Z' })
    const known = new Set(['known'])
    assert.equal(await findLostJob(server([wireJob('mine'), ...others, old]), lost({ known })), 'mine')
    assert.equal(await findLostJob(server([...others, old]), lost({ known })), null)
  })

  void test('over the API an unclear case is said, not guessed', async () => {
    await assert.rejects(findLostJob(server([wireJob('one'), wireJob('two')]), lost()), {
      code: 'outcome_unknown',
      message: /any of 2 jobs may be its own \(one, two\).*--force/u,
    })
  })
})
