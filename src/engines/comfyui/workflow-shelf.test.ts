import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { describe, test } from 'node:test'
import type { UnusableWorkflow } from './load-workflows.ts'
import { createWorkflowShelf } from './workflow-shelf.ts'

const GRAPH = JSON.stringify({
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'x', images: ['8', 0] } },
})

function useShelf(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-shelf-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const told: UnusableWorkflow[] = []
  let now = 0
  const options = {
    clock: { now: () => now },
    objection: (id: string) => (id.startsWith('nobody/') ? 'nobody has it' : null),
    onUnusable: (unusable: UnusableWorkflow) => void told.push(unusable),
  }
  return {
    folder,
    told,
    pass: (ms: number) => (now += ms),
    open: () => createWorkflowShelf({ folder, ...options }),
  }
}

void describe('the shelf of workflows', () => {
  void test('has ours; a file of the same name stands before them', (context) => {
    const { folder, open } = useShelf(context)
    writeFileSync(join(folder, 'qwen-edit.json'), GRAPH)
    const shelf = open().current()
    assert.deepEqual(Object.keys(shelf).toSorted(), [
      'comfyui/flux-klein-edit',
      'comfyui/qwen-edit',
      'comfyui/sdxl-img2img',
    ])
    assert.equal(shelf['comfyui/qwen-edit']?.title, 'qwen-edit')
  })

  void test('looks once a second, and keeps its object while nothing changes', (context) => {
    const { folder, pass, open } = useShelf(context)
    const shelf = open()
    const first = shelf.current()
    pass(5000)
    assert.equal(shelf.current(), first)
    writeFileSync(join(folder, 'a.json'), GRAPH)
    pass(999)
    assert.equal(shelf.current(), first, 'not yet')
    pass(1)
    assert.ok('comfyui/a' in shelf.current())
    writeFileSync(join(folder, 'b.json'), GRAPH)
    assert.ok('comfyui/b' in shelf.refresh(), 'at once, when somebody needs it')
  })

  void test('a fault is told once, and again only when it changes', (context) => {
    const { folder, told, pass, open } = useShelf(context)
    mkdirSync(join(folder, 'nobody'))
    writeFileSync(join(folder, 'nobody', 'model.json'), GRAPH)
    writeFileSync(join(folder, 'bad.json'), '{')
    const shelf = open()
    writeFileSync(join(folder, 'other.json'), GRAPH)
    pass(1000)
    shelf.current()
    assert.deepEqual(told, [
      { file: 'bad.json', reason: 'it is not JSON' },
      { file: 'nobody/model.json', reason: 'nobody has it' },
    ])
  })

  void test('a folder that goes away takes nothing with it; one that never was is an error', (context) => {
    const { folder, pass, open } = useShelf(context)
    writeFileSync(join(folder, 'a.json'), GRAPH)
    const shelf = open()
    renameSync(folder, `${folder}-away`)
    pass(1000)
    assert.ok('comfyui/a' in shelf.current())
    assert.throws(open, { code: 'ENOENT' })
    renameSync(`${folder}-away`, folder)
  })
})
