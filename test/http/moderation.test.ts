/** Moderation by the operator's endpoint or program: what passes, what does not, and what a failure means. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import sharp from 'sharp'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { TestModerator } from '../support/moderator.ts'
import { ALLOWED, startModerator } from '../support/moderator.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const CAT = readFileSync(photoPath('cat'))
const PROMPT = 'invert the secret picture'
const REQUEST = { prompt: PROMPT, image_urls: [`data:image/jpeg;base64,${CAT.toString('base64')}`] }

let moderator: TestModerator
before(async () => (moderator = await startModerator()))
after(() => moderator.close())

type Bench = { app: TestApp; log: () => string; submit: () => Promise<Record<string, unknown>> }

async function withApp(
  settings: Record<string, string>,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const app = await startTestApp({
    settings: { AFTERIMAGE_MODERATION_URL: moderator.url, ...settings },
    logger,
  })
  const submit = async (): Promise<Record<string, unknown>> =>
    app.settle((await app.call(MODEL, { json: REQUEST })).body['job_id'])
  moderator.questions.length = 0
  moderator.answer((_question, response) => void response.end(ALLOWED))
  try {
    await run({ app, log: () => lines.join(''), submit })
    assert.ok(!lines.join('').includes('secret picture'), 'no prompt in the log')
  } finally {
    await app.stop()
  }
}

const codeOf = (job: Record<string, unknown>): unknown =>
  (job['error'] as { code?: string } | undefined)?.code
const countBlobs = async ({ app }: TestApp): Promise<number> =>
  (await Array.fromAsync(app.blobs.list())).length

void describe('moderation by an endpoint', () => {
  void test('sees what goes in and what comes out, and a job that it allows completes', () =>
    withApp({ AFTERIMAGE_MODERATION_SECRET: 'between-us' }, async ({ submit }) => {
      const job = await submit()
      assert.equal(job['status'], 'completed')
      assert.deepEqual(job['warnings'], [])
      const [input, output] = moderator.questions
      assert.equal(moderator.questions.length, 2)
      assert.equal(input?.authorization, 'Bearer between-us')
      assert.deepEqual(input?.request, {
        stage: 'input',
        job_id: job['job_id'],
        account: 'default',
        model: 'google/nano-banana-pro',
        prompt: PROMPT,
        fields: { prompt: PROMPT },
        images: [{ role: 'source', content_type: 'image/jpeg' }],
      })
      assert.ok(input?.images[0]?.bytes.equals(CAT))
      assert.equal(output?.request.stage, 'output')
      assert.deepEqual(output?.request.images, [{ role: 'result', content_type: 'image/png' }])
      assert.equal((await sharp(output?.images[0]?.bytes).metadata()).format, 'png')
    }))

  void test('a refused input fails the job with its reason before any engine sees it', () =>
    withApp({}, async ({ app, submit }) => {
      moderator.answer((_question, response) =>
        response.end(JSON.stringify({ allowed: false, reason: ' not\nhere ' })),
      )
      const job = await submit()
      assert.equal(job['status'], 'failed')
      const message = 'The moderation of this server refused the request: not here'
      assert.deepEqual(job['error'], { code: 'content_rejected', message, retryable: false })
      assert.equal(app.engine.requests.length, 0)
      assert.equal(moderator.questions.length, 1, 'a decision is asked for once')
    }))

  void test('of a refused result nothing is served or kept', () =>
    withApp({}, async ({ app, submit }) => {
      moderator.answer(({ request }, response) =>
        response.end(JSON.stringify({ allowed: request.stage === 'input' })),
      )
      const job = await submit()
      assert.equal(codeOf(job), 'content_rejected')
      assert.deepEqual((job['result'] as { urls?: string[] }).urls, undefined)
      assert.equal(app.engine.requests.length, 1, 'and it is not made again')
      assert.equal(await countBlobs(app), 1, 'the input')
    }))

  void test('without an answer it is asked again, then the job fails, or passes where that was chosen', async () => {
    let asked = 0
    const flaky = (): void =>
      moderator.answer((_question, response) => {
        asked += 1
        if (asked % 2 === 1) response.statusCode = 500
        response.end(ALLOWED)
      })
    await withApp({}, async ({ submit, log }) => {
      flaky()
      assert.equal((await submit())['status'], 'completed')
      assert.equal(asked, 4)
      assert.match(log(), /it answered with HTTP 500/u)
    })
    const faults: ((response: ServerResponse) => void)[] = [
      (response) => response.destroy(),
      (response) => response.writeHead(302, { location: moderator.url }).end(),
      (response) => response.end('yes'),
      (response) => response.end('{"allowed":"true"}'),
      (response) => response.end('x'.repeat(100_000)),
    ]
    await withApp(
      { AFTERIMAGE_LOCAL_PROCESSES: '8', AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '8' },
      async ({ app, submit }) => {
        const seen: string[] = []
        moderator.answer(({ request }, response) => {
          if (!seen.includes(request.job_id)) seen.push(request.job_id)
          faults[seen.indexOf(request.job_id)]?.(response)
        })
        const jobs = await Promise.all(faults.map(() => submit()))
        for (const job of jobs) assert.equal(codeOf(job), 'moderation_unavailable')
        assert.equal(moderator.questions.length, 3 * faults.length)
        assert.equal(app.engine.requests.length, 0)
      },
    )
    await withApp({ AFTERIMAGE_MODERATION_ON_FAILURE: 'allow' }, async ({ submit }) => {
      moderator.answer((_question, response) => response.destroy())
      const job = await submit()
      assert.equal(job['status'], 'completed')
      const warnings = job['warnings'] as { code: string; message: string }[]
      assert.deepEqual(
        warnings.map(({ code, message }) => [code, message.split(' was')[0]]),
        [
          ['not_moderated', 'The request'],
          ['not_moderated', 'The result'],
        ],
      )
    })
  })

  void test('what passed without a decision is not taken by later requests: they are decided about', () =>
    withApp({ AFTERIMAGE_MODERATION_ON_FAILURE: 'allow' }, async ({ app }) => {
      const submit = () =>
        app.call(MODEL, { json: REQUEST, headers: { 'x-afterimage-cache': 'read, write' } })
      moderator.answer((_question, response) => response.destroy())
      assert.equal((await app.settle((await submit()).body['job_id']))['status'], 'completed')
      moderator.answer((_question, response) => response.end('{"allowed":false}'))
      const later = await submit()
      assert.equal(later.headers.get('x-afterimage-cache'), 'miss')
      assert.equal(codeOf(await app.settle(later.body['job_id'])), 'content_rejected')
    }))

  void test('one that never answers is given up on, and a cancel does not wait for it', () =>
    withApp({ AFTERIMAGE_MODERATION_TIMEOUT_SECONDS: '1' }, async ({ app, submit }) => {
      moderator.answer(() => undefined)
      assert.equal(codeOf(await submit()), 'moderation_unavailable')
      const { body } = await app.call(MODEL, { json: REQUEST })
      while (moderator.questions.length < 4) await new Promise((resolve) => setTimeout(resolve, 10))
      await app.call(`/jobs/${String(body['job_id'])}/cancel`, { method: 'POST' })
      assert.equal((await app.settle(body['job_id']))['status'], 'cancelled')
    }))
})

const PROGRAM = `
import { existsSync } from 'node:fs'
const request = JSON.parse(await new Response(process.stdin).text())
const isWhole = request.images.every(({ path }) => existsSync(path)) && process.env.AFTERIMAGE_TEST === undefined
if (process.argv[2] === 'crash') process.exit(3)
if (process.argv[2] === 'sleep') await new Promise((resolve) => setTimeout(resolve, 60_000))
console.log(JSON.stringify({ allowed: isWhole && request.stage === 'input', reason: 'seen it' }))
`

void describe('moderation by a program', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'afterimage-moderation-'))
    writeFileSync(join(directory, 'program.mjs'), PROGRAM)
    process.env['AFTERIMAGE_TEST'] = 'a secret of the server'
  })
  after(() => rmSync(directory, { recursive: true }))
  const settings = (...args: string[]): Record<string, string> => ({
    AFTERIMAGE_MODERATION_URL: '',
    AFTERIMAGE_MODERATION_COMMAND: [process.execPath, join(directory, 'program.mjs'), ...args].join(' '),
    AFTERIMAGE_MODERATION_TIMEOUT_SECONDS: args[0] === 'sleep' ? '1' : '60',
  })

  void test('decides on the files themselves, without the settings of the server', () =>
    withApp(settings(), async ({ submit }) => {
      const job = await submit()
      const { message } = job['error'] as { message: string }
      assert.equal(message, 'The moderation of this server refused the result: seen it')
    }))

  for (const fault of ['crash', 'sleep'])
    void test(`one that does nothing but ${fault} lets nothing pass`, () =>
      withApp(settings(fault), async ({ submit }) =>
        assert.equal(codeOf(await submit()), 'moderation_unavailable'),
      ))
})
