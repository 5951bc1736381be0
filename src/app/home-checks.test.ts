import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalogue } from '../catalogue/index.ts'
import { readWorkflow } from '../engines/comfyui/load-workflows.ts'
import { workflowObjection } from './home-checks.ts'

const { findModel } = createCatalogue()
const SAVE = { class_type: 'SaveImage', inputs: { images: ['1', 0] } }
const nodes = (more: object): string => JSON.stringify({ '9': SAVE, ...more })
const WORKFLOWS = {
  picture: nodes({ '1': { class_type: 'LoadImage', inputs: { image: 'x.png' } } }),
  text: nodes({ '1': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } } }),
}

function objection(id: string, kind: keyof typeof WORKFLOWS): string | null {
  const workflow = readWorkflow(id, WORKFLOWS[kind])
  assert.ok(typeof workflow !== 'string')
  return workflowObjection({ id, workflow, model: findModel(id) })
}

void test('a workflow serves the model of a vendor where requests of it bring what it works on', () => {
  for (const kind of ['picture', 'text'] as const) assert.equal(objection('bfl/flux-1-dev', kind), null, kind)
  assert.equal(objection('bytedance/seedream-4', 'picture'), null)
  assert.equal(objection('google/imagen-4', 'text'), null)
  assert.equal(objection('topaz/standard-enhance', 'picture'), null)
})

void test('one that works on a picture is no engine of a model that takes none', () => {
  assert.match(
    objection('qwen/2512', 'picture') ?? '',
    /it works on a picture, and qwen\/2512 has no field that brings one; put it into the folder itself: it is the model comfyui\/2512/u,
  )
})

void test('one without a place for a picture is no engine of a model that always brings one', () => {
  assert.match(
    objection('topaz/standard-enhance', 'text') ?? '',
    /no place for a picture, and topaz\/standard-enhance always brings one.*comfyui\/standard-enhance/u,
  )
})

void test('a model that is not there, or is our own, has no other engine', () => {
  for (const id of ['bfl/nothing', 'afterimage/edit'])
    assert.match(objection(id, 'picture') ?? '', /no model/u)
})
