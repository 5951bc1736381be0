import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { catalogueModel, generateInput, inputImage, offer, storedJob } from '../../test/support/requests.ts'
import type { Capabilities } from './engine.ts'
import type { GenerateInput, Job, Plan } from './job.ts'
import { createPlanFallbacks } from './plan-fallbacks.ts'
import { planJob } from './plan-job.ts'
import type { EngineOffer } from './ports.ts'

const ENGINES = ['vendor', 'market', 'home', 'afterimage/draft']
const model = catalogueModel({ engines: ENGINES })
const catalogue = { find: () => model }
const FIELDS = { prompt: 'native', image_urls: 'native', steps: 'native' } as const

function offers(market: Partial<Capabilities>, home: Partial<Capabilities> = {}): EngineOffer[] {
  const of = (id: string, can: Partial<Capabilities>) => offer(id, { can: { fields: FIELDS, ...can } })
  return [of('vendor', {}), of('market', market), of('home', home), of('afterimage/draft', {})]
}

/** A job as its submit planned it. */
function jobOf(input: GenerateInput, all: EngineOffer[], more: Partial<Job> = {}): Job {
  const { engine, warnings } = planJob({ model, input, offers: all, isDraftEnabled: true, engine: null })
  return storedJob({ engine, warnings, input, fallback: 'at_any_price', ...more })
}

function plans(input: Partial<GenerateInput>, all: EngineOffer[], more: Partial<Job> = {}): Plan[] {
  const job = jobOf(generateInput(input), all, more)
  return createPlanFallbacks({ catalogue, offers: all })(job, 'It asks to wait.')
}
const enginesOf = (found: Plan[]): string[] => found.map(({ engine }) => engine)

void describe('planFallbacks', () => {
  void test("the rest of the model's order, never a draft, never one that had its turn", () => {
    const all = offers({})
    assert.deepEqual(enginesOf(plans({}, all)), ['market', 'home'])
    const entry = {
      number: 1,
      startedAt: 0,
      endedAt: 1,
      outcome: 'failed',
      upstreamId: null,
      error: null,
    } as const
    const attempts = [{ ...entry, engine: 'market' }]
    assert.deepEqual(enginesOf(plans({}, all, { attempts })), ['home'])
    assert.deepEqual(enginesOf(plans({}, [offer('vendor'), offer('afterimage/draft')])), [])
  })

  void test('a request that named its engine has none', () => {
    assert.deepEqual(plans({}, offers({}), { fallback: null }), [])
  })

  void test('the same task, and room for every image', () => {
    assert.deepEqual(enginesOf(plans({}, offers({ operations: ['generate'] }))), ['home'])
    const images = [inputImage('image_urls[0]'), inputImage('image_urls[1]')]
    assert.deepEqual(enginesOf(plans({ images }, offers({ maxImages: 1 }))), ['home'])
  })

  void test('a field that was honoured is not dropped; one that was dropped already may be, or may be done again', () => {
    const fields = { prompt: 'x', steps: 20, styles: [] }
    const lesser = { fields: { prompt: 'native' } } as const
    const emulating = { fields: { ...FIELDS, steps: 'emulated' } } as const
    assert.deepEqual(enginesOf(plans({ fields }, offers(lesser, emulating))), ['home'])
    const [plan] = plans({ fields: { prompt: 'x', styles: [] } }, offers({}))
    assert.equal(plan?.engine, 'market')
  })

  void test('with on_unsupported "error" an engine that lacks a field is passed over', () => {
    const options = { ...generateInput().options, onUnsupported: 'error' as const }
    const input = { fields: { prompt: 'x', steps: 20 }, options }
    assert.deepEqual(enginesOf(plans(input, offers({ fields: { prompt: 'native' } }))), ['home'])
  })

  void test('the plan has its own queue, price and warnings about fields, and says who was to run first', () => {
    const price = { microUsd: 55_000, basis: 'list_price', computeUnits: null } as const
    const all = offers({}).map((found) =>
      found.id === 'market' ? { ...found, estimate: () => price } : found,
    )
    const input = { fields: { prompt: 'x', styles: [] } }
    const other = { code: 'unknown_parent', path: 'p', message: 'm' }
    const planned = jobOf(generateInput(input), all).warnings
    assert.match(String(planned[0]?.message), /vendor/u)
    const unlimited = {
      code: 'cost_not_limited',
      path: 'X-Max-Cost',
      message: 'the price of vendor is not known',
    }
    const [plan] = plans(input, all, { warnings: [other, unlimited, ...planned] })
    assert.deepEqual([plan?.queue, plan?.estimate], ['market-queue', price])
    assert.deepEqual(
      plan?.warnings.map(({ code, message }) => [code, message]),
      [
        ['unknown_parent', 'm'],
        ['unsupported_field', '`styles` has no effect on market'],
        ['engine_fallback', 'vendor did not make the picture, so the job went to market: It asks to wait.'],
      ],
    )
  })
})
