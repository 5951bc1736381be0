import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { removeLeftovers, temporaryName } from './leftovers.ts'

const root = mkdtempSync(join(tmpdir(), 'afterimage-leftovers-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** No process has this id: it is above what any system gives out. */
const OF_ANOTHER_MACHINE = '999999999-1-00'

function folderWith(names: readonly string[]): string {
  const folder = mkdtempSync(join(root, 'tmp-'))
  for (const name of names) writeFileSync(join(folder, name), '')
  return folder
}

void describe('leftovers', () => {
  void test('of dead processes go, those of this one stay', () => {
    const own = temporaryName()
    const folder = folderWith([own, OF_ANOTHER_MACHINE, `${process.pid}-1-00`, 'no mark'])
    removeLeftovers(folder, Number.POSITIVE_INFINITY)
    assert.deepEqual(readdirSync(folder), [own])
  })

  void test('in a shared folder only what nobody has written to for long', () => {
    const old = '999999998-1-00'
    const folder = folderWith([OF_ANOTHER_MACHINE, old])
    utimesSync(join(folder, old), 1, 1)
    removeLeftovers(folder, 1001)
    assert.deepEqual(readdirSync(folder), [OF_ANOTHER_MACHINE])
  })
})
