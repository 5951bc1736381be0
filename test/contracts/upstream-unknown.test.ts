/** The whole server on an emulated vendor whose answer is lost: never paid twice, unless the operator would rather. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createOpenAiEngine } from '../../src/engines/openai/engine.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { startTestApp } from '../support/app.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { photoPath } from '../support/pictures.ts'

const json = {
  prompt: 'make it a linocut',
  image_urls: [`data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`],
}

/** What becomes of a job whose first calls get no answer. */
async function fate(setting: 'on' | 'off', losses: number): Promise<{ outcomes: string[]; posts: number }> {
  const vendor = await startEmulator(OPENAI_EMULATION)
  const engine = createOpenAiEngine({
    origin: vendor.origin,
    secret: () => vendor.key,
    clock: { now: Date.now },
    fetchResult: createGuardedFetch(),
  })
  const settings = { AFTERIMAGE_RESUBMIT_UNKNOWN: setting }
  const app = await startTestApp({ settings, engines: [engine] })
  try {
    for (let count = 0; count < losses; count += 1) vendor.failNext('dropped')
    const { body } = await app.call('/generate/image/openai/gpt-image-2', { json })
    const job = await app.settle(body['job_id'])
    const outcomes = (job['attempts'] as { outcome: string }[]).map(({ outcome }) => outcome)
    return { outcomes, posts: vendor.posts() }
  } finally {
    await app.stop()
    await vendor.close()
  }
}

void test('a lost answer is not asked for again', async () => {
  assert.deepEqual(await fate('off', 1), { outcomes: ['unknown'], posts: 1 })
})

void test('AFTERIMAGE_RESUBMIT_UNKNOWN=on makes the call once more, and no third time', async () => {
  assert.deepEqual(await fate('on', 1), { outcomes: ['unknown', 'completed'], posts: 2 })
  assert.deepEqual(await fate('on', 3), { outcomes: ['unknown', 'unknown'], posts: 2 })
})
