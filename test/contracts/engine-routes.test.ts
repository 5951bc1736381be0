/** The catalogue and the engines agree: whoever is named serves the model, and whoever serves it is named. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { UPSTREAMS } from '../../src/config-upstreams.ts'
import type { Engine } from '../../src/core/engine.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'

/** Serves whatever its operator has: workflows and checkpoints, no fixed list. */
const OF_THE_OPERATOR = new Set(['comfyui', 'sdcpp', 'a1111'])
/** Speaks the wire itself, so it could run every path that Krea has. */
const ANY_KREA_MODEL = 'krea'

const catalogue = createCatalogue()

const engines = new Map<string, Engine>(
  Object.entries(EMULATED_ENGINES)
    .filter(([id]) => !OF_THE_OPERATOR.has(id))
    .map(([id, { create }]) => [
      id,
      create({
        origin: 'http://127.0.0.1:9',
        secret: () => 'key',
        clock: { now: () => 0 },
        fetchResult: createGuardedFetch({}),
      }),
    ]),
)

void test('every engine that a model names can do one of its operations', () => {
  const idle = catalogue.list().flatMap((model) =>
    model.engines
      .filter((id) => {
        const { withImage, withoutImage } = model.operations
        const able = engines.get(id)?.capabilities(model.id)?.operations
        return engines.has(id) && able?.some((one) => one === withImage || one === withoutImage) !== true
      })
      .map((id) => `${model.id} on ${id}`),
  )
  assert.deepEqual(idle, [])
})

void test('every model that an engine serves names it', () => {
  const unnamed = catalogue.list().flatMap((model) =>
    [...engines]
      .filter(([id, engine]) => id !== ANY_KREA_MODEL && engine.capabilities(model.id) !== null)
      .filter(([id]) => !model.engines.some((named) => named === id))
      .map(([id]) => `${model.id} on ${id}`),
  )
  assert.deepEqual(unnamed, [])
})

void test('the four families of the seed run at their vendor, on both marketplaces and on Krea', () => {
  const families = {
    'bfl/flux-1-kontext-dev': ['bfl', 'fal', 'replicate', 'krea'],
    'google/nano-banana-pro': ['google', 'fal', 'replicate', 'krea'],
    'bytedance/seedream-4': ['byteplus', 'fal', 'replicate', 'krea'],
    'openai/gpt-image-2': ['openai', 'fal', 'replicate', 'krea'],
  }
  for (const [id, wanted] of Object.entries(families)) {
    const named = catalogue.findModel(id)?.engines ?? []
    assert.deepEqual(
      named.filter((engine) => wanted.includes(engine)),
      wanted,
    )
    assert.ok(wanted.every((engine) => engines.get(engine)?.capabilities(id) !== null))
  }
})

void test('the page about providers has a row for each, with its variable and all of its models', () => {
  const page = readFileSync(new URL('../../docs/guides/providers.md', import.meta.url), 'utf8')
  for (const { id, title, key } of UPSTREAMS) {
    const row = page.split('\n').find((line) => line.startsWith(`| ${title} `)) ?? ''
    assert.ok(row.includes(`\`${key}\``), `${title}: ${key}`)
    const isOnlyHere = (engineIds: readonly string[]): boolean =>
      engineIds.every((engine) => engine === id || engine === 'afterimage/draft')
    // Krea runs nearly all of them; its row lists those that nobody else does.
    const missing = catalogue
      .list()
      .filter(({ engines: named }) =>
        id === ANY_KREA_MODEL ? isOnlyHere(named) : named.some((engine) => engine === id),
      )
      .filter(({ id: model }) => !row.includes(`\`${model}\``))
    assert.deepEqual(
      missing.map(({ id: model }) => model),
      [],
      title,
    )
  }
})
