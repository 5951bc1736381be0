/** The rules of the Studio that need no browser: requests, views, masks, heat maps, sums. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCatalogue } from '../src/catalogue/index.ts'
import type { CompatMode } from '../src/wire/types.ts'
import { renderModelSchema } from '../src/wire/render.ts'
import { parseInstruction } from '../src/engines/local/grammar/parse-instruction.ts'
import { parseGenerate } from '../src/wire/parse.ts'
import { IDEAS } from '../web/src/actions/ideas.ts'
import { createSubmitKeys } from '../web/src/actions/submit-keys.ts'
import { compose, nearestRatio } from '../web/src/request/compose.ts'
import type { Draft } from '../web/src/request/compose.ts'
import { absentControls, extraFields, fieldsOf } from '../web/src/request/fields.ts'
import { imageMembers } from '../web/src/request/image-fields.ts'
import type { ModelDetail } from '../web/src/server/models.ts'
import { priceText } from '../web/src/server/models.ts'
import { placeOfOriginal } from '../web/src/stage/align.ts'
import { heatOf } from '../web/src/stage/heat-map.ts'
import { blurAlpha } from '../web/src/stage/mask/blur-alpha.ts'
import { FIT, frameRect, pan, scaleOf, seenSpan, toFrame, zoomAt } from '../web/src/stage/view.ts'
import { nameOfResult } from '../web/src/actions/name-of-result.ts'
import { waitingText } from '../web/src/stage/waiting-text.ts'
import { parseRoute } from '../web/src/store/router.ts'
import { bondsOf } from '../web/src/filmstrip/lineage.ts'
import { byDay, ceilingOf, sumBy } from '../web/src/pages/usage-sums.ts'

const models = createCatalogue().list()
const detail = (id: string, mode: CompatMode = 'aliases'): ModelDetail => {
  const model = models.find((one) => one.id === id)
  assert.ok(model, id)
  return {
    ...renderModelSchema(model, mode),
    engine: 'x',
    is_draft: false,
    readiness: 'ready',
    previews: false,
    reason: null,
    engines: [],
    set_to_enable: [],
  }
}
const picture = (url: string): Draft['references'][number] => ({
  id: url,
  name: 'cat.jpg',
  url,
  preview: null,
  size: { width: 900, height: 600 },
  state: 'ready',
  fault: null,
  sent: null,
  parentJobId: null,
})
const draft = (change: Partial<Draft> = {}): Draft => ({
  prompt: 'as a rug',
  references: [picture('http://127.0.0.1/files/a.jpg')],
  values: {},
  extras: {},
  remixOf: null,
  maskUrl: null,
  ...change,
})

void describe('requests', () => {
  void test('what is composed for every model passes the parser of the server', () => {
    for (const mode of ['strict', 'aliases', 'lenient'] as const)
      for (const model of models) {
        const { body, path, missing } = compose(detail(model.id, mode), draft())
        assert.equal(path, `${model.category}/${model.id}`)
        assert.deepEqual(missing, [], model.id)
        assert.doesNotThrow(
          () => parseGenerate({ model, body, mode, newSeed: () => 1 }),
          `${model.id} ${mode}`,
        )
      }
  })

  void test('a result as input and a remix name their parent, where the server takes one', () => {
    const parentJobId = '0b6ff1b3-6f3c-4c6e-9d0e-1f8a6f1d2c3b'
    const remixOf = '11111111-2222-3333-4444-555555555555'
    const references = [{ ...picture('http://127.0.0.1/files/a.jpg'), parentJobId }]
    const edit = detail('afterimage/edit')
    assert.deepEqual(compose(edit, draft({ references })).body['afterimage'], { parent_job_id: parentJobId })
    assert.deepEqual(compose(edit, draft({ references, remixOf })).body['afterimage'], {
      parent_job_id: remixOf,
    })
    assert.equal(compose(edit, draft()).body['afterimage'], undefined)
    const strict = detail('google/nano-banana-pro', 'strict')
    assert.equal(compose(strict, draft({ references })).body['afterimage'], undefined)
  })

  void test('a request keeps its key until it is answered, and only while it stays the same', () => {
    const keys = createSubmitKeys()
    const first = keys.keyFor({ prompt: 'a' })
    assert.equal(keys.keyFor({ prompt: 'a' }), first)
    const other = keys.keyFor({ prompt: 'b' })
    assert.notEqual(other, first)
    keys.settle()
    assert.notEqual(keys.keyFor({ prompt: 'b' }), other)
  })

  void test('pictures go where the model takes them, in their order', () => {
    const urls = ['a', 'b']
    assert.deepEqual(imageMembers(detail('google/nano-banana-pro').input_schema, urls), { image_urls: urls })
    assert.deepEqual(imageMembers(detail('bytedance/seedream-4').input_schema, ['a']), {
      style_images: [{ url: 'a', strength: 1 }],
    })
    assert.deepEqual(imageMembers(detail('bfl/flux-1-dev').input_schema, urls), {
      image_url: 'a',
      style_images: [{ url: 'b', strength: 0.5 }],
    })
    assert.deepEqual(imageMembers(detail('runway/gen-4-image').input_schema, ['a']), {
      reference_images: [{ url: 'a', tag: 'image1' }],
    })
    assert.deepEqual(imageMembers(detail('google/imagen-4').input_schema, urls), {})
  })

  void test('previews are asked for where there are some, until they are switched off', () => {
    const shows = { ...detail('openai/gpt-image-2'), previews: true }
    const asked = (model: ModelDetail, extras: Draft['extras'] = {}): unknown =>
      (compose(model, draft({ extras })).body['afterimage'] as Record<string, unknown> | undefined)?.[
        'previews'
      ]
    assert.equal(asked(shows), true)
    assert.equal(asked(shows, { previews: false }), undefined)
    assert.equal(asked(shows, { no_store: true }), undefined)
    assert.equal(asked({ ...shows, previews: false }, { previews: true }), undefined)
    assert.equal(asked({ ...detail('openai/gpt-image-2', 'strict'), previews: true }), undefined)
    const control = (model: ModelDetail): unknown =>
      extraFields(model).find(({ name }) => name === 'previews')?.schema.default
    assert.equal(control(shows), true)
    assert.equal(control({ ...shows, previews: false }), undefined)
  })

  void test('values of another model stay out; the mask and the extras go in', () => {
    const values = { strength: 0.5, nonsense: 1, aspect_ratio: '7:3' }
    const { body } = compose(
      detail('afterimage/edit'),
      draft({ values, maskUrl: 'm', extras: { precise_edit: true } }),
    )
    assert.equal(body['strength'], 0.5)
    assert.equal(body['nonsense'], undefined)
    assert.equal(body['aspect_ratio'], undefined)
    assert.deepEqual(body['afterimage'], { precise_edit: true, mask_url: 'm' })
  })

  void test('what is missing is named: picture, instruction, an upload under way', () => {
    const model = detail('afterimage/edit')
    const fields = (change: Partial<Draft>): string[] =>
      compose(model, draft(change)).missing.map(({ field }) => field)
    assert.deepEqual(fields({ references: [] }), ['image'])
    assert.deepEqual(fields({ prompt: ' ' }), ['prompt'])
    assert.deepEqual(fields({ references: [{ ...picture('a'), url: null, state: 'uploading' }] }), ['image'])
  })

  void test('required sizes come from the input, twice as large where a model enlarges', () => {
    assert.equal(compose(detail('bytedance/seedream-4'), draft()).body['width'], 900)
    assert.equal(compose(detail('topaz/standard-enhance'), draft()).body['width'], 1800)
    assert.equal(nearestRatio({ width: 900, height: 600 }, ['1:1', '3:2', '16:9']), '3:2')
  })

  void test('controls come from the schema; what is not there is told', () => {
    const model = detail('google/nano-banana-pro')
    const { input_schema: schema } = model
    assert.deepEqual(
      fieldsOf(schema).map(({ name, control }) => `${name} ${control}`),
      ['width number', 'height number', 'resolution choice'],
    )
    assert.ok(absentControls(schema).includes('Strength'))
    assert.ok(!extraFields(model).some(({ name }) => name === 'mask_url'))
    assert.equal(priceText({ price: null }), 'price unknown')
    assert.equal(priceText(detail('afterimage/edit')), 'free')
  })
})

void describe('views', () => {
  const frame = { width: 6000, height: 4000 }
  const stage = { width: 1200, height: 800 }

  void test('zooming keeps the point under the pointer, and ends at 800 %', () => {
    const at = { x: 300, y: 500 }
    const before = toFrame(at, FIT, { frame, stage })
    const view = zoomAt(FIT, 6, { at, frame, stage })
    const after = toFrame(at, view, { frame, stage })
    assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1)
    const most = zoomAt(view, 1e6, { at, frame, stage })
    assert.ok(Math.abs(scaleOf(most, frame, stage) - 8) < 1e-9)
    assert.deepEqual(zoomAt(most, 1e-9, { at, frame, stage }), FIT)
  })

  void test('a picture cannot be pushed out of sight', () => {
    const view = pan(
      zoomAt(FIT, 4, { at: { x: 600, y: 400 }, frame, stage }),
      { x: 1e6, y: -1e6 },
      { frame, stage },
    )
    const rect = frameRect(view, frame, stage)
    assert.ok(Math.abs(rect.left) < 1e-6)
    assert.ok(Math.abs(rect.top + rect.height - stage.height) < 1e-6)
    assert.deepEqual(pan(FIT, { x: 50, y: 50 }, { frame, stage }), FIT)
  })

  void test('the edge of the slider runs over what is seen of the picture, not over the empty stage', () => {
    const tall = { width: 400, height: 672 }
    assert.deepEqual(seenSpan(FIT, tall, stage), { left: 400, width: 400 })
    const close = zoomAt(FIT, 1e6, { at: { x: 600, y: 400 }, frame: tall, stage })
    assert.deepEqual(seenSpan(close, tall, stage), { left: 0, width: 1200 })
  })

  void test('the original lies on the result as its pixels were moved', () => {
    const source = { width: 900, height: 600 }
    const rounded = (rect: object) =>
      Object.fromEntries(Object.entries(rect).map(([side, value]) => [side, Math.round(Number(value))]))
    const geometry = (...steps: { kind: string; [value: string]: unknown }[]) => ({
      source,
      output: source,
      steps,
    })
    const crop = { kind: 'crop', left: 150, top: 0, width: 600, height: 600 }
    const small = { kind: 'resize', width: 300, height: 300 }
    assert.deepEqual(placeOfOriginal(geometry(crop, small), source, { width: 300, height: 300 }), {
      left: -75,
      top: 0,
      width: 450,
      height: 300,
    })
    const wider = { kind: 'extend', left: 100, top: 50, width: 1100, height: 700 }
    assert.deepEqual(placeOfOriginal(geometry(wider), source, { width: 1100, height: 700 }), {
      left: 100,
      top: 50,
      ...source,
    })
    // An engine made a square of it: the same picture, wherever in the square it lies.
    const made = { kind: 'generate', width: 1024, height: 1024 }
    const centred = { left: 0, top: 1024 / 6, width: 1024, height: (1024 * 2) / 3 }
    assert.deepEqual(rounded(placeOfOriginal(geometry(made), source, made)), rounded(centred))
    const wide = { kind: 'generate', width: 1344, height: 768 }
    const middle = { kind: 'crop', left: 288, top: 0, width: 768, height: 768 }
    assert.deepEqual(rounded(placeOfOriginal(geometry(wide, middle), source, middle)), {
      left: -192,
      top: 0,
      width: 1152,
      height: 768,
    })
    const whole = { left: 0, top: 150, width: 900, height: 600 }
    const square = { width: 900, height: 900 }
    const style = { width: 600, height: 900 }
    assert.deepEqual(rounded(placeOfOriginal(geometry(crop), style, square)), {
      left: 150,
      top: 0,
      width: 600,
      height: 900,
    })
    for (const unknown of [
      null,
      geometry({ kind: 'rotate', width: 900, height: 900 }),
      geometry({ kind: 'crop' }),
    ])
      assert.deepEqual(placeOfOriginal(unknown, source, square), whole)
  })

  void test('addresses of pages and jobs', () => {
    assert.deepEqual(parseRoute('#/job/abc'), { page: 'studio', jobId: 'abc' })
    assert.deepEqual(parseRoute('#/models'), { page: 'models' })
    assert.deepEqual(parseRoute('#/nonsense'), { page: 'studio', jobId: null })
  })
})

void describe('pixels', () => {
  void test('the heat map counts what changed by more than noise', () => {
    const before = new Uint8ClampedArray(4 * 4).fill(100)
    const after = Uint8ClampedArray.from(before)
    after[0] = 103
    after[4] = 200
    const { pixels, changedShare } = heatOf({ width: 2, height: 2, before, after })
    assert.equal(changedShare, 0.25)
    assert.equal(pixels[3], 0)
    assert.equal(pixels[7], 255)
  })

  void test('feathering softens the edge, keeps the inside and the sum', () => {
    const size = { width: 64, height: 64 }
    const alpha = new Uint8ClampedArray(64 * 64)
    for (let y = 16; y < 48; y += 1) alpha.fill(255, y * 64 + 16, y * 64 + 48)
    assert.equal(blurAlpha(alpha, { ...size, radius: 0 }), alpha)
    const soft = blurAlpha(alpha, { ...size, radius: 3 })
    const sum = (plane: Uint8ClampedArray): number => plane.reduce((total, value) => total + value, 0)
    assert.equal(soft[32 * 64 + 32], 255)
    assert.ok((soft[32 * 64 + 16] ?? 0) > 90 && (soft[32 * 64 + 16] ?? 0) < 165)
    assert.ok(Math.abs(sum(soft) / sum(alpha) - 1) < 0.01)
  })
})

void test('a waiting job tells what it waits for, as far as this account can know', () => {
  const job = (id: string, status: 'queued' | 'backlogged' | 'processing' | 'completed', percent = 0) => ({
    job_id: id,
    status,
    engine: 'afterimage/local',
    created_at: `2026-11-26T00:00:0${id}.000Z`,
    completed_at: null,
    result: {},
    progress: { stage: 'upscale', percent, eta_ms: null },
  })
  const jobs = [job('5', 'queued'), job('4', 'queued'), job('2', 'processing', 12.4), job('1', 'completed')]
  assert.equal(waitingText(job('3', 'queued'), jobs), 'Waiting behind one job of yours, 12 % done')
  assert.equal(waitingText(job('5', 'queued'), jobs), 'Waiting behind 2 jobs of yours')
  const draft = { ...job('3', 'queued'), engine: 'afterimage/draft' }
  assert.equal(waitingText(draft, jobs), 'Waiting behind one job of yours, 12 % done')
  assert.equal(waitingText({ ...draft, engine: 'openai' }, jobs), 'Waiting for a free place')
  assert.equal(waitingText(job('2', 'queued'), jobs), 'Waiting for a free place')
  assert.equal(waitingText(job('2', 'backlogged'), []), 'Waiting: other jobs of yours are running')
})

test('a result is saved under what it was made from and what was asked for', () => {
  const request = {
    prompt: 'Make it a watercolour painting, please, with warm light!',
    sources: [{ url: 'x', name: 'my.cat.JPG', parentJobId: null }],
  }
  assert.equal(nameOfResult(request, 0), 'my.cat - Make it a watercolour painting please')
  assert.equal(nameOfResult({ ...request, prompt: '' }, 1), 'my.cat 2')
  assert.equal(nameOfResult({ prompt: '', sources: [] }, 1), '')
  assert.equal(nameOfResult(null, 0), '')
  const named = (prompt: string, at = 0) => nameOfResult({ prompt, sources: [] }, at)
  assert.equal(named('नीली बिल्ली को लाल टोपी पहनाओ'), 'नीली बिल्ली को लाल टोपी पहनाओ')
  assert.equal(named("Don't change the sky"), "Don't change the sky")
  // Without a space in it: as long as a file's name may be, and still told from the next result.
  assert.equal(named('猫'.repeat(2000), 1), `${'猫'.repeat(53)} 2`)
})

test('usage is summed by model and by day, empty days included', () => {
  const item = (day: string, model: string, jobs: number) => ({
    day,
    model,
    key_id: null,
    jobs,
    charge_usd: 0,
    spend_usd: 0.5,
    unknown_cost_calls: 0,
    draft_jobs: 0,
  })
  const items = [item('2026-11-01', 'a/b', 1), item('2026-11-03', 'c/d', 5), item('2026-11-03', 'a/b', 1)]
  assert.deepEqual(
    sumBy(items, ({ model }) => model).map(({ name, jobs }) => [name, jobs]),
    [
      ['c/d', 5],
      ['a/b', 2],
    ],
  )
  const span = { from: '2026-11-01', to: '2026-11-03', measure: 'jobs' } as const
  const { names, days } = byDay(items, span)
  assert.deepEqual(names, ['c/d', 'a/b'])
  assert.deepEqual(
    days.map(({ total, parts }) => [total, ...parts]),
    [
      [1, 0, 1],
      [0, 0, 0],
      [6, 5, 1],
    ],
  )
  const many = ['e', 'd', 'c', 'b', 'a'].map((model, at) => item('2026-11-01', model, at + 1))
  const cut = byDay(many, span)
  assert.deepEqual(cut.names, ['a', 'b', 'c', 'others'])
  assert.deepEqual(cut.days[0]?.parts, [5, 4, 3, 3])
  assert.deepEqual(
    [0, 1, 3, 21, 100].map((most) => ceilingOf(most, 'jobs')),
    [2, 2, 4, 50, 100],
  )
  assert.equal(ceilingOf(0.034, 'spend_usd'), 0.05)
})

void test('what the page offers as an idea is done wholly by the built-in engine', () => {
  for (const { prompt } of IDEAS) {
    const { steps, unresolved } = parseInstruction(prompt)
    assert.ok(steps.length > 0, prompt)
    assert.deepEqual(unresolved, [], prompt)
  }
})

void test('the bonds of a job are its line of parents and its own children', () => {
  const job = (id: string, parent: string | null) => ({
    job_id: id,
    parent_job_id: parent,
    status: 'completed' as const,
    created_at: '',
    completed_at: null,
    result: {},
  })
  const list = [job('e', 'b'), job('d', 'c'), job('c', 'b'), job('b', 'a'), job('a', 'gone')]
  assert.deepEqual(bondsOf(list, 'c'), [
    { child: 2, parent: 3 },
    { child: 3, parent: 4 },
    { child: 1, parent: 2 },
  ])
  assert.deepEqual(bondsOf(list, null), [])
  assert.deepEqual(bondsOf(list, 'nothing'), [])
  const circle = [job('x', 'y'), job('y', 'x')]
  assert.ok(bondsOf(circle, 'x').length <= 3)
})
