import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import { createScratchSweeper } from './scratch-sweeper.ts'

const HOUR_SECONDS = 3600

/** Working folders by name and age in seconds; those that a sweep leaves. */
async function sweep(
  context: TestContext,
  { isSingleOwner, ages }: { isSingleOwner: boolean; ages: Readonly<Record<string, number>> },
): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'afterimage-scratch-'))
  context.after(() => rmSync(root, { recursive: true }))
  for (const [name, age] of Object.entries(ages)) {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'source.png'), 'a picture')
    const at = Date.now() / 1000 - age
    utimesSync(join(root, name), at, at)
  }
  const config = readConfig({
    AFTERIMAGE_JOB_TIMEOUT_SECONDS: '600',
    AFTERIMAGE_COMFYUI_TIMEOUT_SECONDS: '7200',
  })
  const logger = pino({ level: 'silent' })
  const sweeper = createScratchSweeper(root, { config, logger, isSingleOwner })
  sweeper.start()
  await sweeper.stop()
  return Object.keys(ages).filter((name) => existsSync(join(root, name)))
}

void describe('working folders that a killed process left', () => {
  void test('go at the start of the one owner; its own stay', async (context) => {
    const ages = { left: 60, own: -1 }
    assert.deepEqual(await sweep(context, { isSingleOwner: true, ages }), ['own'])
  })

  void test('are looked for once: a clock that is set back does not make those of the owner old', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] })
    const root = mkdtempSync(join(tmpdir(), 'afterimage-scratch-'))
    context.after(() => rmSync(root, { recursive: true }))
    const [left, own] = [join(root, 'left'), join(root, 'own')]
    const makeOld = (path: string): void => {
      mkdirSync(path)
      const hourAgo = Date.now() / 1000 - HOUR_SECONDS
      utimesSync(path, hourAgo, hourAgo)
    }
    makeOld(left)
    const firstSweep = Promise.withResolvers<void>()
    const logger = pino({}, { write: () => firstSweep.resolve() })
    const sweeper = createScratchSweeper(root, { config: readConfig({}), logger, isSingleOwner: true })
    sweeper.start()
    await firstSweep.promise
    await setImmediate()
    assert.ok(!existsSync(left))
    makeOld(own)
    context.mock.timers.tick(HOUR_SECONDS * 1000)
    await sweeper.stop()
    assert.ok(existsSync(own))
  })

  void test('of several processes go only when no job can be that old', async (context) => {
    const ages = { mine: 0, long: 2.5 * HOUR_SECONDS, dead: 3.5 * HOUR_SECONDS }
    assert.deepEqual(await sweep(context, { isSingleOwner: false, ages }), ['mine', 'long'])
  })

  void test('need not be there', async () => {
    const config = readConfig({})
    const lines: string[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(line) })
    const root = join(tmpdir(), 'afterimage-nowhere', 'scratch')
    const sweeper = createScratchSweeper(root, { config, logger, isSingleOwner: true })
    sweeper.start()
    await sweeper.stop()
    assert.deepEqual(lines, [])
  })
})
