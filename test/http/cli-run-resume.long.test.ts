/** `afterimage run`, stopped and killed: what was accepted is picked up, nothing is submitted twice. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { CliEvent, CliProcess } from '../support/cli-process.ts'
import type { RunFolder } from '../support/run-folder.ts'
import { ALL_JOBS, openRunFolder } from '../support/run-folder.ts'

void describe('run killed, with a server inside', () => {
  void test('goes on after SIGKILL: no second job for the same input', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    const words = ['in/*.jpg', 'make it a pencil sketch', '-o', 'out/', '-j', '1', '--json']
    const killed = run(words)
    await killed.until(({ event, input }) => event === 'accepted' && input === 'in/portrait-astronaut.jpg')
    killed.signal('SIGKILL')
    await killed.ended

    const resumed = await run(words).ended
    assert.equal(resumed.code, 0, resumed.err)
    const inputs = (name: string): unknown[] =>
      resumed.events().flatMap(({ event, input }) => (event === name ? [input] : []))
    assert.deepEqual(inputs('skipped'), ['in/cat.jpg'])
    assert.deepEqual(inputs('completed'), ['in/portrait-astronaut.jpg', 'in/product-coffee.jpg'])
    assert.deepEqual(readdirSync(at('out')).length, 3)
    const jobs = await jobsOf()
    assert.deepEqual(
      jobs.map(({ status }) => status),
      ['completed', 'completed', 'completed'],
    )
    assert.equal(new Set(jobs.map(({ input }) => input.images[0]?.sha256)).size, 3)
  })

  void test('a crash between submit and answer: the job is found, not made again', async (t) => {
    const { at, run, jobsOf } = openRunFolder(t)
    const words = ['in/cat.jpg', 'sepia', '-o', 'cat.png', '--json']
    assert.equal((await run(words).ended).code, 0)
    const [name] = readdirSync(at('data/runs'))
    const path = at('data/runs', name ?? '')
    const record = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    writeFileSync(path, JSON.stringify({ ...record, phase: 'submitting', jobId: null, outputs: [] }))
    rmSync(at('cat.png'))

    const resumed = await run(words).ended
    assert.equal(resumed.code, 0, resumed.err)
    assert.equal(resumed.events().find(({ event }) => event === 'started')?.['resumed'], true)
    assert.ok(existsSync(at('cat.png')))
    assert.equal((await jobsOf()).length, 1)
  })
})

void describe('run stopped, with a server of its own', () => {
  let app: TestApp
  before(async () => {
    app = await startTestApp({ settings: { AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '1' } })
  })
  after(() => app.stop())

  const onServer = ({ run }: RunFolder, words: readonly string[]): CliProcess =>
    run(['--url', app.url, '--api-key', app.key, ...words])
  const pending = async (): Promise<unknown[]> =>
    (await app.app.state.listJobs(ALL_JOBS)).filter(({ completedAt }) => completedAt === null)
  const countJobs = async (): Promise<number> => (await app.app.state.listJobs(ALL_JOBS)).length

  const hasBegun = ({ event, stage }: CliEvent): boolean => event === 'progress' && stage !== 'queued'

  void test('Ctrl-C stops submitting and says how to go on; the same command does the rest', async (t) => {
    const folder = openRunFolder(t)
    const words = ['in/*.jpg', 'invert', '-m', 'google/nano-banana-pro', '-o', 'out/', '-j', '1', '--json']
    const earlier = await countJobs()
    app.engine.hold()
    const stopped = onServer(folder, words)
    await stopped.until(hasBegun)
    stopped.signal('SIGINT')
    await stopped.untilError(/To go on later: the same command\./u)
    app.engine.release()
    const first = await stopped.ended
    assert.equal(first.code, 130)
    const summary = first.events().at(-1)
    assert.deepEqual([summary?.['completed'], summary?.['not_started']], [1, 2])
    assert.equal(await countJobs(), earlier + 1)

    const second = await onServer(folder, words).ended
    assert.equal(second.code, 0, second.err)
    assert.deepEqual([second.events().at(-1)?.['skipped'], second.events().at(-1)?.['completed']], [1, 2])
    assert.equal(await countJobs(), earlier + 3)
  })

  void test('Ctrl-C cancels what waits at the server, and waits for what runs', async (t) => {
    const folder = openRunFolder(t)
    const words = ['in/*.jpg', 'invert', '-m', 'google/nano-banana-pro', '-o', 'out/', '-j', '3', '--json']
    app.engine.hold()
    const stopped = onServer(folder, words)
    await stopped.until(hasBegun)
    while ((await pending()).length < 3) await new Promise((again) => setTimeout(again, 20))
    stopped.signal('SIGINT')
    while ((await pending()).length > 1) await new Promise((again) => setTimeout(again, 20))
    app.engine.release()
    const first = await stopped.ended
    assert.equal(first.code, 130)
    const summary = first.events().at(-1)
    assert.deepEqual([summary?.['completed'], summary?.['cancelled'], summary?.['failed']], [1, 2, 0])

    const second = await onServer(folder, words).ended
    assert.equal(second.code, 0, second.err)
    assert.deepEqual([second.events().at(-1)?.['skipped'], second.events().at(-1)?.['completed']], [1, 2])
  })

  void test('a second Ctrl-C cancels what runs too; the same command does it again', async (t) => {
    const folder = openRunFolder(t)
    const words = ['in/cat.jpg', 'invert', '-m', 'google/nano-banana-pro', '-o', 'x.png', '--json']
    app.engine.hold()
    const stopped = onServer(folder, words)
    await stopped.until(hasBegun)
    stopped.signal('SIGINT')
    await stopped.untilError(/Stopping/u)
    stopped.signal('SIGINT')
    const { code, events } = await stopped.ended
    assert.equal(code, 130)
    assert.equal(events().at(-1)?.['cancelled'], 1)
    while ((await pending()).length > 0) await new Promise((again) => setTimeout(again, 20))
    app.engine.release()

    const second = await onServer(folder, words).ended
    assert.equal(second.code, 0, second.err)
    assert.equal(second.events().at(-1)?.['completed'], 1)
  })

  void test('a run that waits behind other jobs says so', async (t) => {
    const folder = openRunFolder(t)
    app.engine.hold()
    const first = onServer(folder, [
      'in/cat.jpg',
      'invert',
      '-m',
      'google/nano-banana-pro',
      '-o',
      'a.png',
      '--json',
    ])
    await first.until(hasBegun)
    const words = ['in/cat.jpg', 'sepia', '-m', 'google/nano-banana-pro', '-o', 'b.png', '--json']
    const second = onServer(folder, words)
    const waiting = await second.until(({ event }) => event === 'waiting')
    assert.equal(waiting['behind'], 1)
    app.engine.release()
    assert.deepEqual([(await first.ended).code, (await second.ended).code], [0, 0])
  })
})
