import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir, getPriority } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Progress } from '../../src/core/job.ts'
import { createProcessPool, type ProcessPool } from '../../src/engines/local/pool/process-pool.ts'
import { commandTask, poolOptions } from './engine-pool-support.ts'

const PARENT = fileURLToPath(new URL('engine-pool-parent.ts', import.meta.url))
const failsWith = (code: string) => ({ name: 'AfterimageError', code })

let root: string
let scratchDirectory: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'afterimage-pool-'))
  scratchDirectory = join(root, 'attempts', 'one')
  await mkdir(scratchDirectory, { recursive: true })
})
after(() => rm(root, { recursive: true, force: true }))

async function command(
  pool: ProcessPool,
  text: string,
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<string> {
  const { signal = new AbortController().signal, onProgress = () => {} } = options
  const { warnings } = await pool.run(commandTask(text), { signal, scratchDirectory, onProgress })
  return warnings[0]?.message ?? ''
}

async function withPool(
  options: Parameters<typeof poolOptions>[0],
  run: (pool: ProcessPool) => Promise<void>,
): Promise<void> {
  const pool = createProcessPool(poolOptions(options))
  try {
    await run(pool)
  } finally {
    await pool.close()
  }
}

/** A killed process whose new parent has not yet read its exit code is gone, whatever its entry says. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** Resolves when the process is gone; the test's own time limit ends a wait in vain. */
async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

void describe('process pool', () => {
  test('a process is started on demand, reused while warm, and niced', () =>
    withPool({}, async (pool) => {
      assert.deepEqual(pool.pids(), [])
      const pid = Number(await command(pool, 'pid'))
      assert.equal(Number(await command(pool, 'pid')), pid)
      assert.deepEqual(pool.pids(), [pid])
      if (process.platform === 'linux') assert.ok(getPriority(pid) >= 10)
    }))

  test('a process can be started before its task, once, and is kept while a task is expected', () =>
    withPool({}, async (pool) => {
      pool.warmUp(dirname(scratchDirectory))
      pool.warmUp(dirname(scratchDirectory))
      const [pid, ...others] = pool.pids()
      assert.deepEqual(others, [])
      assert.equal(Number(await command(pool, 'pid')), pid)
      pool.warmUp(dirname(scratchDirectory))
      assert.equal(Number(await command(pool, 'pid')), pid)
    }))

  test('a process that was started before its folder was there may write into it all the same', () =>
    withPool({}, async (pool) => {
      const scratchRoot = join(root, 'not-yet')
      pool.warmUp(scratchRoot)
      const [pid] = pool.pids()
      const own = join(scratchRoot, 'one')
      await mkdir(own, { recursive: true })
      const context = {
        signal: new AbortController().signal,
        scratchDirectory: own,
        onProgress: () => {},
      }
      const { warnings } = await pool.run(commandTask('outside'), context)
      assert.equal(warnings[0]?.message, 'ERR_ACCESS_DENIED')
      assert.deepEqual(pool.pids(), [pid])
    }))

  test('a process that was started for nothing is retired, and a closed pool starts none', async () => {
    const pool = createProcessPool(poolOptions({ idleMs: 1 }))
    pool.warmUp(dirname(scratchDirectory))
    await untilGone(pool.pids()[0] ?? 0)
    await pool.close()
    pool.warmUp(dirname(scratchDirectory))
    assert.deepEqual(pool.pids(), [])
  })

  test('a task of another folder gets a process that may write there and nowhere else', () =>
    withPool({}, async (pool) => {
      const first = await command(pool, 'pid')
      const elsewhere = join(root, 'others', 'two')
      await mkdir(elsewhere, { recursive: true })
      const context = {
        signal: new AbortController().signal,
        scratchDirectory: elsewhere,
        onProgress: () => {},
      }
      const result = await pool.run(commandTask('pid'), context)
      assert.notEqual(result.warnings[0]?.message, first)
      assert.equal(await command(pool, 'outside'), 'ERR_ACCESS_DENIED')
      const nearby = { ...context, scratchDirectory: relative(process.cwd(), scratchDirectory) }
      const { warnings } = await pool.run(commandTask('outside'), nearby)
      assert.equal(warnings[0]?.message, 'ERR_ACCESS_DENIED')
    }))

  test('a process inherits no secrets', () =>
    withPool({}, async (pool) => {
      process.env['OPENAI_API_KEY'] = 'sk-test'
      const names = await command(pool, 'environment')
      delete process.env['OPENAI_API_KEY']
      assert.doesNotMatch(names, /KEY|TOKEN|SECRET|AFTERIMAGE|NODE_OPTIONS/u)
      assert.match(names, /PATH/u)
    }))

  for (const kind of ['hang', 'spin'] as const) {
    test(`a cancel kills a process that is in "${kind}" at once, and the pool goes on`, () =>
      withPool({}, async (pool) => {
        const pid = Number(await command(pool, 'pid'))
        const controller = new AbortController()
        const running = command(pool, kind, { signal: controller.signal })
        const startedAt = performance.now()
        controller.abort('cancelled')
        await assert.rejects(running, failsWith('cancelled'))
        assert.ok(performance.now() - startedAt < 300, 'the kill takes a few milliseconds')
        assert.equal(isAlive(pid), false)
        assert.notEqual(Number(await command(pool, 'pid')), pid)
      }))
  }

  test('a cancel that was there before the start never starts anything', () =>
    withPool({}, async (pool) => {
      await assert.rejects(command(pool, 'pid', { signal: AbortSignal.abort() }), failsWith('cancelled'))
      assert.deepEqual(pool.pids(), [])
    }))

  test('who waits for a process can be cancelled, and the others keep their order', () =>
    withPool({}, async (pool) => {
      const [busy, waiting] = [new AbortController(), new AbortController()]
      const running = command(pool, 'hang', { signal: busy.signal })
      const cancelled = command(pool, 'pid', { signal: waiting.signal })
      const last = command(pool, 'pid')
      waiting.abort()
      await assert.rejects(cancelled, failsWith('cancelled'))
      busy.abort()
      await assert.rejects(running, failsWith('cancelled'))
      assert.match(await last, /^\d+$/u)
    }))

  test('a crash is engine_crashed, and the next task gets a new process', () =>
    withPool({}, async (pool) => {
      const pid = await command(pool, 'pid')
      await assert.rejects(command(pool, 'exit'), failsWith('engine_crashed'))
      assert.notEqual(await command(pool, 'pid'), pid)
    }))

  test('a child that cannot even start is engine_crashed', () =>
    withPool({ childPath: join(tmpdir(), 'no-such-child.ts') }, async (pool) => {
      await assert.rejects(command(pool, 'pid'), failsWith('engine_crashed'))
    }))

  test('more memory than allowed ends as out_of_memory', () =>
    withPool({ maxRssBytes: 300 * 1024 ** 2 }, async (pool) => {
      await assert.rejects(command(pool, 'eat'), failsWith('out_of_memory'))
      assert.match(await command(pool, 'pid'), /^\d+$/u)
    }))

  test('a task past its deadline ends as engine_timeout', () =>
    withPool({ deadlineMs: 400 }, async (pool) => {
      await assert.rejects(command(pool, 'spin'), failsWith('engine_timeout'))
    }))

  test('a process without work ends after its idle time', () =>
    withPool({ idleMs: 30 }, async (pool) => {
      await untilGone(Number(await command(pool, 'pid')))
      // The system forgets a process before its parent hears of its end.
      while (pool.pids().length > 0) await new Promise((resolve) => setImmediate(resolve))
    }))

  test('a refusal keeps its field and the process; a surprise tells nothing of its message', () =>
    withPool({}, async (pool) => {
      const pid = await command(pool, 'pid')
      const issue = { path: 'image_url', message: 'damaged', code: 'input_unreadable' }
      await assert.rejects(command(pool, 'refuse'), { ...failsWith('input_unreadable'), issues: [issue] })
      assert.equal(await command(pool, 'pid'), pid)
      await assert.rejects(command(pool, 'surprise'), {
        code: 'engine_failed',
        message: 'The built-in engine failed unexpectedly (TypeError).',
      })
      assert.notEqual(await command(pool, 'pid'), pid)
    }))

  test('what a child writes to stderr reaches the operator only', async () => {
    const texts: string[] = []
    await withPool({ onDiagnostic: (text) => void texts.push(text) }, async (pool) => {
      await assert.rejects(command(pool, 'surprise'), failsWith('engine_failed'))
    })
    assert.match(texts.join(''), /TypeError: \/secret\/path/u)
  })

  test('progress is thinned out, but the last one always comes', () =>
    withPool({}, async (pool) => {
      const percents: number[] = []
      await command(pool, 'progress', { onProgress: ({ percent }) => void percents.push(percent) })
      assert.ok(percents.length >= 2 && percents.length < 20, percents.join(', '))
      assert.deepEqual([percents[0], percents.at(-1)], [0, 100])
    }))

  test('as many tasks run side by side as there are places', () =>
    withPool({ size: 2 }, async (pool) => {
      const controller = new AbortController()
      const hanging = command(pool, 'hang', { signal: controller.signal })
      assert.match(await command(pool, 'pid'), /^\d+$/u)
      assert.equal(pool.pids().length, 2)
      controller.abort()
      await assert.rejects(hanging, failsWith('cancelled'))
    }))

  test('close ends running, waiting and later tasks and leaves no process', async () => {
    const pool = createProcessPool(poolOptions())
    const pid = Number(await command(pool, 'pid'))
    const tasks = [command(pool, 'hang'), command(pool, 'pid')].map((task) =>
      assert.rejects(task, failsWith('unavailable')),
    )
    await pool.close()
    await Promise.all(tasks)
    await assert.rejects(command(pool, 'pid'), failsWith('unavailable'))
    assert.equal(isAlive(pid), false)
  })

  for (const kind of ['hang', 'pid'] as const) {
    test(`a child ${kind === 'hang' ? 'at work' : 'without work'} ends when its parent is killed`, async () => {
      const parent = spawn(process.execPath, [PARENT, scratchDirectory, kind], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      assert.equal(isAlive(pid), true)
      parent.kill('SIGKILL')
      await untilGone(pid)
    })
  }
})
