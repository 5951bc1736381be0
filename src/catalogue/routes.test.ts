import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EngineOrder } from './index.ts'
import { createCatalogue } from './index.ts'

const enginesOf = (routes: Record<string, string[]>, id: string): readonly string[] | undefined =>
  createCatalogue(undefined, { routes }).find(id)?.engines
const PRO = 'google/nano-banana-pro'

void describe('routes', () => {
  void test("the operator's order counts, and the draft stays last", () => {
    assert.deepEqual(enginesOf({ [PRO]: ['krea', 'google'] }, PRO), ['krea', 'google', 'afterimage/draft'])
    assert.deepEqual(enginesOf({ [PRO]: [] }, PRO), ['afterimage/draft'])
    assert.deepEqual(enginesOf({ 'bfl/*': ['fal'] }, PRO), enginesOf({}, PRO))
  })

  void test('the narrowest name counts', () => {
    const routes = { '*': ['krea'], 'google/*': ['fal'], [PRO]: ['replicate'] }
    assert.equal(enginesOf(routes, PRO)?.[0], 'replicate')
    assert.equal(enginesOf(routes, 'google/nano-banana-2')?.[0], 'fal')
    assert.equal(enginesOf(routes, 'openai/gpt-image-2')?.[0], 'krea')
  })

  void test('a model takes of a wide route what it has, and our own models take nothing', () => {
    assert.deepEqual(enginesOf({ '*': ['comfyui', 'fal'] }, PRO), ['fal', 'afterimage/draft'])
    assert.deepEqual(enginesOf({ '*': ['fal'] }, 'afterimage/edit'), enginesOf({}, 'afterimage/edit'))
  })

  void test('an engine at home has the place that the operator gives it', () => {
    const home = { own: [], engines: { [PRO]: ['comfyui' as const] } }
    const engines = createCatalogue(() => home, { routes: { '*': ['comfyui', 'google'] } }).find(PRO)?.engines
    assert.deepEqual(engines, ['comfyui', 'google', 'afterimage/draft'])
  })

  void test('an engine that is preferred goes first, where the model has it and no route says otherwise', () => {
    const GPT = 'openai/gpt-image-2'
    const engines = (id: string, order: EngineOrder) => createCatalogue(undefined, order).find(id)?.engines
    const preferred = ['openai-responses']
    assert.deepEqual(engines(GPT, {})?.slice(0, 2), ['openai', 'openai-responses'])
    assert.deepEqual(engines(GPT, { preferred })?.slice(0, 3), ['openai-responses', 'openai', 'fal'])
    assert.deepEqual(engines(PRO, { preferred }), engines(PRO, {}))
    const routes = { [GPT]: ['fal', 'openai-responses'] }
    const routed = ['fal', 'openai-responses', 'afterimage/draft']
    assert.deepEqual(engines(GPT, { preferred, routes }), routed)
  })

  void test('the variables to set are those of the engines that are left', () => {
    assert.deepEqual(createCatalogue(undefined, { routes: { [PRO]: ['fal'] } }).find(PRO)?.keyVariables, [
      'FAL_KEY',
    ])
  })
})
