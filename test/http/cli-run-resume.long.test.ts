/** `afterimage run`, stopped and killed: what was accepted is picked up, nothing is submitted twice. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { CliProcess } from '../support/cli-process.ts'
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
  const countJobs = async (): Promise<number> => (await app.app.state.listJobs(ALL_JOBS)).length

  void test('Ctrl-C stops submitting and says how to go on; the same command does the rest', async (t) => {
    const folder = openRunFolder(t)
    const words = ['in/*.jpg', 'invert', '-m', 'google/nano-banana-pro', '-o', 'out/', '-j', '1', '--json']
    const earlier = await countJobs()
    app.engine.hold()
    const stopped = onServer(folder, words)
    await stopped.until(({ event }) => event === 'accepted')
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

  void test('a second Ctrl-C leaves at once; the accepted job is picked up', async (t) => {
    const folder = openRunFolder(t)
    const words = ['in/cat.jpg', 'invert', '-m', 'google/nano-banana-pro', '-o', 'x.png', '--json']
    const earlier = await countJobs()
    app.engine.hold()
    const stopped = onServer(folder, words)
    await stopped.until(({ event }) => event === 'accepted')
    stopped.signal('SIGINT')
    await stopped.untilError(/Stopping/u)
    stopped.signal('SIGINT')
    assert.equal((await stopped.ended).code, 130)
    app.engine.release()

    const second = await onServer(folder, words).ended
    assert.equal(second.code, 0, second.err)
    assert.equal(second.events().find(({ event }) => event === 'started')?.['resumed'], true)
    assert.equal(await countJobs(), earlier + 1)
  })
})
