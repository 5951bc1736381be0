import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { assertTarget, hashFile, isIntact, placeResults } from './place-results.ts'
import type { RunRecord } from './records.ts'
import { createFile, replaceFile } from './replace-file.ts'

const NOTHING = { isForced: false, replaces: [] }
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const dataUrl = (text: string): string => `data:image/png,${text}`

void describe('placing results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-place-'))
  const at = (name: string): string => join(folder, name)
  after(() => rmSync(folder, { recursive: true }))

  void test('writes each result of a job, makes the folder, leaves nothing beside', async () => {
    const placed = await placeResults([dataUrl('one'), dataUrl('two')], at('new/x.png'), NOTHING)
    assert.deepEqual(
      placed.map(({ path, bytes, contentType }) => [path, bytes, contentType]),
      [
        [at('new/x.png'), 3, 'image/png'],
        [at('new/x-2.png'), 3, 'image/png'],
      ],
    )
    assert.deepEqual(readdirSync(at('new')).sort(), ['x-2.png', 'x.png'])
  })

  void test('never over a foreign file; over an equal, an own one or with --force', async () => {
    const path = at('kept.png')
    writeFileSync(path, 'mine')
    await assert.rejects(assertTarget(path, NOTHING), { code: 'conflict', message: /--force/u })
    await assert.rejects(placeResults([dataUrl('new')], path, NOTHING), { code: 'conflict' })
    assert.equal(readFileSync(path, 'utf8'), 'mine')
    await placeResults([dataUrl('mine')], path, NOTHING)
    await placeResults([dataUrl('new')], path, { isForced: false, replaces: [sha256('mine')] })
    assert.equal(readFileSync(path, 'utf8'), 'new')
    await placeResults([dataUrl('newer')], path, { isForced: true, replaces: [] })
    assert.equal(readFileSync(path, 'utf8'), 'newer')
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    )
  })

  void test('a file that appeared meanwhile is not replaced either', async () => {
    const path = at('raced.png')
    await createFile(path, Buffer.from('first'))
    await assert.rejects(createFile(path, Buffer.from('second')), { code: 'conflict' })
    assert.equal(readFileSync(path, 'utf8'), 'first')
    await replaceFile(path, Buffer.from('third'))
    assert.equal(readFileSync(path, 'utf8'), 'third')
  })

  void test('a folder in the place of the file is told', async () => {
    mkdirSync(at('folder.png'))
    await assert.rejects(assertTarget(at('folder.png'), { ...NOTHING, isForced: true }), /is not a file/u)
  })

  void test('results count as intact only when every one is there unchanged', async () => {
    writeFileSync(at('done.png'), 'done')
    const record: RunRecord = {
      version: 1,
      phase: 'done',
      input: 'a',
      pid: 1,
      since: '',
      jobId: 'j',
      server: 's',
      outputs: [],
      replaces: [],
    }
    const output = { path: at('done.png'), sha256: sha256('done') }
    assert.equal(await hashFile(output.path), output.sha256)
    assert.equal(await isIntact({ ...record, outputs: [output] }), true)
    assert.equal(await isIntact({ ...record, outputs: [output, { ...output, sha256: sha256('x') }] }), false)
    assert.equal(await isIntact({ ...record, outputs: [{ ...output, path: at('gone.png') }] }), false)
    assert.equal(await isIntact(record), false)
  })
})
