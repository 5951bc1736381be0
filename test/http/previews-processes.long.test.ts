/** A preview that a worker process stores is shown by the api process; both end with the job, or with the worker. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Job } from '../../src/sdk/index.ts'
import type { Cluster } from '../support/cluster.ts'
import { startCluster } from '../support/cluster.ts'
import { createComfyEmulation } from '../support/emulators/comfyui.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { photoPath } from '../support/pictures.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import type { TestPostgres } from '../support/postgres.ts'

const photo = readFileSync(photoPath('cat')).toString('base64')
const reason = await whyNoPostgres()

void describe('previews over several processes', { skip: reason ?? false, timeout: 110_000 }, () => {
  let isHeld = true
  let postgres: TestPostgres
  let comfy: Emulator
  let cluster: Cluster
  before(async () => {
    postgres = await openTestPostgres()
    const memory = { prompts: new Map(), uploads: new Map(), isHeld: () => isHeld }
    comfy = await startEmulator(createComfyEmulation(memory))
    cluster = await startCluster(await postgres.createDatabase(), 1, {
      AFTERIMAGE_COMFYUI_URL: comfy.origin,
      AFTERIMAGE_COMFYUI_TOKEN: comfy.key,
    })
  })
  after(async () => {
    await cluster.stop()
    await comfy.close()
    await postgres.stop()
  })

  const submit = (): Promise<Job> =>
    cluster.client.image('comfyui/flux-klein-edit', {
      image_url: photo,
      prompt: 'as a linocut',
      afterimage: { previews: true },
    })
  const untilShown = async (id: string, not = ''): Promise<string> => {
    for (;;) {
      const { preview } = await cluster.client.jobs.get(id)
      if (preview != null && preview.url !== not) return preview.url
    }
  }

  void test('the api shows what the worker stored, by events too, and nothing after the end', async () => {
    isHeld = true
    const shown: string[] = []
    const { job_id: id } = await submit()
    const waiting = cluster.client.jobs.wait(id, {
      onUpdate: ({ status, preview }) => void (preview == null || shown.push(status)),
    })
    const url = await untilShown(id)
    const file = await fetch(url)
    assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'image/jpeg'])
    while (shown.length === 0) await new Promise((again) => setTimeout(again, 50))
    isHeld = false
    const ended = await waiting
    assert.deepEqual([...new Set(shown)], ['intermediate-complete'])
    assert.equal(ended.preview, null)
    assert.equal((await fetch(url)).status, 404)
  })

  void test('a worker that is killed takes its preview with it, and the next one shows its own', async () => {
    isHeld = true
    const { job_id: id } = await submit()
    const url = await untilShown(id)
    const [worker] = cluster.workers
    await worker?.end('SIGKILL')
    await cluster.addWorker()
    const next = await untilShown(id, url)
    assert.equal((await fetch(url)).status, 404)
    assert.equal((await fetch(next)).status, 200)
    isHeld = false
    assert.equal((await cluster.client.jobs.wait(id)).status, 'completed')
  })
})
