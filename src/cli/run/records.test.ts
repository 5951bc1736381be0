import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { RunRecord } from './records.ts'
import { createRecords, isTakenByOther, recordKey } from './records.ts'

type Note = Omit<RunRecord, 'version' | 'pid'>

function note(more: Partial<Note> = {}): Note {
  const since = '2026-11-24T10:00:00.000Z'
  const base = { phase: 'accepted', input: 'a.jpg', since, jobId: 'j1', server: 's' } as const
  return { ...base, outputs: [], replaces: [], ...more }
}

void describe('records of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-records-'))
  const directory = join(folder, 'runs')
  const records = createRecords(directory)
  after(() => rmSync(folder, { recursive: true }))

  void test('are read back, replaced and removed; nothing lies beside them', async () => {
    assert.equal(await records.read('k1'), null)
    await records.write('k1', note({ phase: 'submitting', jobId: null }))
    await records.write('k1', note())
    assert.deepEqual(await records.read('k1'), { ...note(), version: 1, pid: process.pid })
    assert.deepEqual(readdirSync(directory), ['k1.json'])
    assert.equal(statSync(directory).mode & 0o077, 0)
    await records.remove('k1')
    await records.remove('k1')
    assert.equal(await records.read('k1'), null)
  })

  void test('a damaged record counts as none and hides no other', async () => {
    await records.write('good', note({ jobId: 'j2' }))
    writeFileSync(join(directory, 'bad.json'), '{"version":1,')
    writeFileSync(join(directory, 'newer.json'), JSON.stringify({ ...note(), version: 2, pid: 1 }))
    assert.equal(await records.read('bad'), null)
    assert.deepEqual([...(await records.knownJobs())], ['j2'])
    assert.deepEqual([...(await createRecords(join(folder, 'absent')).knownJobs())], [])
  })

  void test('the key depends on every value, not on their order', () => {
    const key = recordKey({ request: { a: 1, b: [1, 2] }, sha256: 'x' })
    assert.equal(recordKey({ sha256: 'x', request: { b: [1, 2], a: 1 } }), key)
    assert.notEqual(recordKey({ sha256: 'x', request: { b: [2, 1], a: 1 } }), key)
    assert.notEqual(recordKey({ sha256: 'y', request: { b: [1, 2], a: 1 } }), key)
  })

  void test('belong to a process only while it lives and works', () => {
    const record: RunRecord = { ...note(), version: 1, pid: process.ppid }
    assert.equal(isTakenByOther(record), true)
    assert.equal(isTakenByOther({ ...record, phase: 'done' }), false)
    assert.equal(isTakenByOther({ ...record, pid: process.pid }), false)
    // Above the largest id of Linux, so that it names nobody.
    assert.equal(isTakenByOther({ ...record, pid: 2 ** 22 + 1 }), false)
  })
})
