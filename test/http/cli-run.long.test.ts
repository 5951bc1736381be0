/** `afterimage run` as a user has it: a process of its own, real photographs, real files. */
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import { mapLimited } from '../../src/core/map-limited.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { photoPath } from '../support/pictures.ts'
import type { RunFolder } from '../support/run-folder.ts'
import { ALL_JOBS, openRunFolder, RUN_PHOTOS } from '../support/run-folder.ts'
import { createServerProcess } from '../support/server-process.ts'

/** Largest distance between the means of red, green and blue; 0 for greys. */
async function colourfulness(path: string): Promise<number> {
  const { channels } = await sharp(path).stats()
  const means = channels.slice(0, 3).map(({ mean }) => mean)
  return Math.max(...means) - Math.min(...means)
}

void describe('run with a server inside', () => {
  void test('one photograph, an instruction, one output', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    const { code, out, err } = await run(['in/cat.jpg', 'make it black and white', '-o', 'out/cat.png']).ended
    assert.equal(code, 0, err)
    assert.match(out, /^in\/cat\.jpg -> out\/cat\.png {2}[\d.]+ s, \d+ KB\n/u)
    assert.match(out, /1 done in [\d.]+ s\n$/u)
    const { format, width, height } = await sharp(at('out/cat.png')).metadata()
    assert.deepEqual({ format, width, height }, { format: 'png', width: 451, height: 300 })
    assert.ok((await colourfulness(photoPath('cat'))) > 5)
    assert.ok((await colourfulness(at('out/cat.png'))) < 1)
    assert.deepEqual(readdirSync(at('out')), ['cat.png'])
    const [job] = await jobsOf()
    assert.equal(job?.model, 'afterimage/edit')
  })

  void test('a pattern of three files, two at once, into a folder; the same again does nothing', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    const words = ['in/*.jpg', 'black and white', '-o', 'out/', '--format', 'jpeg', '-j', '2']
    const first = await run(words).ended
    assert.equal(first.code, 0, first.err)
    const names = RUN_PHOTOS.map((name) => `${name}-edit.jpg`).sort()
    assert.deepEqual(readdirSync(at('out')).sort(), names)
    for (const name of names) assert.equal((await sharp(at('out', name)).metadata()).format, 'jpeg')

    const again = await run(words).ended
    assert.equal(again.code, 0, again.err)
    assert.match(again.out, /0 done, 3 done before/u)
    assert.equal((await jobsOf()).length, 3)
  })

  void test('upscale needs no instruction', async (t) => {
    const { at, run } = openRunFolder(t)
    await sharp(photoPath('cat')).resize(96, 64).png().toFile(at('in/small.png'))
    const { code, err } = await run(['in/small.png', '--model', 'afterimage/upscale', '--scale', '2']).ended
    assert.equal(code, 0, err)
    const { width, height } = await sharp(at('in/small-upscale.png')).metadata()
    assert.deepEqual([width, height], [192, 128])
  })

  void test('--json: one object a line; a bad file among good ones fails alone', async (t) => {
    const { at, run } = openRunFolder(t)
    writeFileSync(at('in/broken.jpg'), 'this is no image')
    const result = await run(['in/broken.jpg', 'in/cat.jpg', 'sepia and add a hat', '-o', 'out/', '--json'])
      .ended
    assert.equal(result.code, 1, result.err)
    const events = result.events()
    const of = (name: string): Record<string, unknown> => events.find(({ event }) => event === name) ?? {}
    assert.deepEqual(of('started'), {
      event: 'started',
      input: 'in/cat.jpg',
      output: 'out/cat-edit.png',
      resumed: false,
    })
    assert.equal(of('failed')['input'], 'in/broken.jpg')
    assert.equal((of('failed')['error'] as { code: string }).code, 'input_unreadable')
    const done = of('completed') as {
      path: string
      ms: number
      warnings: unknown[]
      recipe: { operation: string }[]
    }
    assert.equal(done.path, 'out/cat-edit.png')
    assert.ok(done.ms > 0)
    assert.ok(done.recipe.length > 0, 'the recipe says what ran')
    assert.ok(done.warnings.length > 0, 'the hat is reported')
    const { ms, ...summary } = of('summary')
    assert.ok(Number(ms) > 0)
    const counts = { completed: 1, skipped: 0, failed: 1, not_started: 0, cancelled: 0 }
    assert.deepEqual(summary, { event: 'summary', ...counts, interrupted: false })
  })

  void test('HEIC goes in', async (t) => {
    const { at, run } = openRunFolder(t)
    copyFileSync(new URL('../support/images/cat.heic', import.meta.url), at('in/phone.heic'))
    const { code, err } = await run(['in/phone.heic', 'sepia', '-o', 'phone.webp']).ended
    assert.equal(code, 0, err)
    assert.equal((await sharp(at('phone.webp')).metadata()).format, 'webp')
  })

  void test('never overwrites a foreign file without --force', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    writeFileSync(at('mine.png'), 'mine')
    const words = ['in/cat.jpg', 'sepia', '-o', 'mine.png']
    const refused = await run(words).ended
    assert.equal(refused.code, 1)
    assert.match(refused.err, /mine\.png exists already .* --force/u)
    assert.equal(readFileSync(at('mine.png'), 'utf8'), 'mine')
    assert.equal((await jobsOf()).length, 0, 'refused before anything was submitted')

    const forced = await run([...words, '--force']).ended
    assert.equal(forced.code, 0, forced.err)
    assert.equal((await sharp(at('mine.png')).metadata()).format, 'png')
  })

  void test('a data folder that a server holds: its address, else a private folder', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    const server = await createServerProcess(at('data'))
    await server.start()
    t.after(() => server.kill())
    const port = new URL(server.url).port
    const joined = await run(['in/cat.jpg', 'sepia', '-o', 'a.png'], { AFTERIMAGE_PORT: port }).ended
    assert.equal(joined.code, 0, joined.err)
    assert.match(joined.err, new RegExp(`using it at ${server.url}`, 'u'))
    assert.equal((await jobsOf()).length, 1)

    const apart = await run(['in/cat.jpg', 'sepia', '-o', 'b.png'], { AFTERIMAGE_PORT: '1' }).ended
    assert.equal(apart.code, 0, apart.err)
    assert.match(apart.err, /this run uses .*cache\/afterimage\/run-1 instead/u)
    assert.equal((await jobsOf()).length, 1)
    assert.equal((await jobsOf(at('cache/afterimage/run-1'))).length, 1)
  })

  void test('leaves no usable key behind, so that the first start of a server still prints one, and one line for all', async (t) => {
    const { at, run, withState } = openRunFolder(t)
    for (const words of ['sepia', 'invert'])
      assert.equal((await run(['in/cat.jpg', words, '--force']).ended).code, 0)
    assert.equal(await withState(at('data'), (state) => state.countKeys()), 0)
    const listed = await withState(at('data'), (state) => state.listKeys(ALL_JOBS.accountId))
    assert.deepEqual(
      listed.map(({ name }) => name),
      ['afterimage run'],
    )
  })
})

void describe('run with a server of its own', () => {
  let app: TestApp
  before(async () => {
    app = await startTestApp({ settings: { AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '1' } })
  })
  after(() => app.stop())

  const onServer = ({ run }: RunFolder, words: readonly string[]): CliProcess =>
    run(['--url', app.url, '--api-key', app.key, ...words])
  const countJobs = async (): Promise<number> => (await app.app.state.listJobs(ALL_JOBS)).length

  void test('an unreachable server and a wrong key are told in one sentence', async (t) => {
    const { run } = openRunFolder(t)
    const away = await run(['in/cat.jpg', 'sepia', '--url', 'http://127.0.0.1:1']).ended
    assert.equal(away.code, 1)
    assert.match(away.err, /^afterimage: Cannot reach http:\/\/127\.0\.0\.1:1/u)
    const locked = await run(['in/cat.jpg', 'sepia', '--url', app.url, '--api-key', 'wrong-key-0123456789'])
      .ended
    assert.equal(locked.code, 2)
    assert.match(locked.err, /API key/u)
  })

  void test('usage errors end with 2, say what to do and submit nothing', async (t) => {
    const folder = openRunFolder(t)
    const earlier = await countJobs()
    const cases: [words: string[], message: RegExp][] = [
      [['in/missing.jpg', 'sepia'], /missing\.jpg" does not exist/u],
      [['in/*.png', 'sepia'], /matches no file/u],
      [['in', 'sepia'], /is a folder/u],
      [['in/cat.jpg', 'sepia', '--url', 'localhost:4500'], /--url: expected an address like/u],
      [['in/cat.jpg'], /needs an instruction/u],
      [
        ['in/cat.jpg', 'sepia', '--model', 'google/nano-bananna-pro'],
        /did you mean google\/nano-banana-pro/u,
      ],
      [['in/cat.jpg', 'sepia', '--scael', '2'], /unknown option '--scael'/u],
      [['in/cat.jpg', 'sepia', '--seed', 'x'], /Expected a whole number/u],
      [['in/cat.jpg', 'in/product-coffee.jpg', 'sepia', '-o', 'x.png'], /name a folder/u],
      [[], /missing required argument/u],
    ]
    const ends = await mapLimited(cases, 3, ([words]) => onServer(folder, words).ended)
    for (const [index, [words, message]] of cases.entries()) {
      const end = ends[index]
      assert.ok(end?.status === 'fulfilled')
      assert.equal(end.value.code, 2, `${words.join(' ')}: ${end.value.err}`)
      assert.match(end.value.err, message)
    }
    assert.equal(await countJobs(), earlier)
  })

  void test('a request that the server refuses for every file ends with 2 after the first', async (t) => {
    const folder = openRunFolder(t)
    const words = [
      'in/*.jpg',
      'invert',
      '-m',
      'google/nano-banana-pro',
      '--aspect-ratio',
      '99:1',
      '-j',
      '1',
      '--json',
    ]
    const { code, err, events } = await onServer(folder, words).ended
    assert.equal(code, 2, err)
    assert.deepEqual([events().at(-1)?.['failed'], events().at(-1)?.['not_started']], [1, 2])
  })
})
