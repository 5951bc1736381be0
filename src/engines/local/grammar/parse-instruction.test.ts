import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { EFFECTS } from '../effects/index.ts'
import type { OperationValues } from '../operation.ts'
import { OPERATIONS } from '../operations/index.ts'
import { VOCABULARY } from './lexicon.ts'
import { MAX_STEPS, parseInstruction } from './parse-instruction.ts'
import { IMPOSSIBLE, UNDERSTOOD } from './phrases.fixture.ts'

const KNOWN = new Map([...OPERATIONS, ...EFFECTS].map((operation) => [operation.name, operation]))

function names(prompt: string): string[] {
  return parseInstruction(prompt).steps.map(({ operation }) => operation)
}

function valuesOf(prompt: string): OperationValues {
  const { steps } = parseInstruction(prompt)
  assert.equal(steps.length, 1, `${prompt}: ${JSON.stringify(steps)}`)
  return steps[0]?.values ?? {}
}

void describe('instructions that are understood', () => {
  for (const [prompt, ...expected] of UNDERSTOOD)
    void test(`${prompt} → ${expected.join(', ')}`, () => {
      const { steps, unresolved } = parseInstruction(prompt)
      assert.deepEqual(
        steps.map(({ operation }) => operation),
        expected,
      )
      assert.deepEqual(unresolved, [])
    })

  void test('every operation and effect can be asked for by a phrase of the tables', () => {
    const asked = new Set(UNDERSTOOD.flatMap(([, ...operations]) => operations))
    assert.deepEqual(
      [...KNOWN.keys()].filter((name) => !asked.has(name)),
      [],
    )
  })

  void test('every value that a step sets exists in its operation and has its type', () => {
    for (const [prompt] of UNDERSTOOD)
      for (const { operation, values } of parseInstruction(prompt).steps) {
        const known = KNOWN.get(operation)
        for (const [key, value] of Object.entries(known === undefined ? {} : values))
          assert.equal(typeof value, typeof known?.defaults[key], `${prompt}: ${operation}.${key}`)
      }
  })

  void test('each phrase of the vocabulary is read without a fault', () => {
    for (const [phrases] of VOCABULARY)
      for (const phrase of phrases.split('|')) {
        const { steps, unresolved } = parseInstruction(`make it ${phrase} by 20 %`)
        for (const { values } of steps)
          for (const value of Object.values(values))
            assert.ok(value !== undefined && !Number.isNaN(value), phrase)
        assert.ok(steps.length > 0 || unresolved.length >= 0)
      }
  })
})

void describe('instructions that need what the engine does not have', () => {
  for (const prompt of IMPOSSIBLE)
    void test(prompt, () => {
      const { steps, unresolved } = parseInstruction(prompt)
      assert.deepEqual(steps, [])
      assert.ok(unresolved.length > 0)
      for (const { clause, reason } of unresolved) assert.ok(clause !== '' && reason !== '')
    })

  void test('the reason says what is missing and what to set', () => {
    assert.match(
      parseInstruction('add a hat').unresolved[0]?.reason ?? '',
      /invent new content.*GEMINI_API_KEY/u,
    )
    assert.match(parseInstruction('remove the dog').unresolved[0]?.reason ?? '', /what lies behind/u)
    assert.match(parseInstruction('make the sky darker').unresolved[0]?.reason ?? '', /one part only.*mask/u)
    assert.match(parseInstruction('make it sing').unresolved[0]?.reason ?? '', /not an operation/u)
  })

  void test('what can be done is done, the rest comes back', () => {
    const { steps, unresolved } = parseInstruction(
      'make it warmer, add a hat and turn it into an oil painting of a king',
    )
    assert.deepEqual(
      steps.map(({ operation }) => operation),
      ['temperature', 'oil'],
    )
    assert.deepEqual(
      unresolved.map(({ clause }) => clause),
      ['add a hat', 'king'],
    )
  })

  void test('a verb reaches over "and"', () => {
    const { steps, unresolved } = parseInstruction('remove the dog and the cat')
    assert.deepEqual(steps, [])
    assert.match(unresolved[1]?.reason ?? '', /what lies behind/u)
  })

  void test('the example of the guide: a rug, on a stage; the wish comes back', () => {
    const { steps, unresolved } = parseInstruction(
      'Turn this logo into an aesthetic rug. Product Photography style, with an aura that would make me want it in my own living room.',
    )
    assert.deepEqual(
      steps.map(({ operation }) => operation),
      ['woven_rug', 'product_stage'],
    )
    assert.equal(unresolved.length, 1)
    assert.match(unresolved[0]?.clause ?? '', /^an aura .* living room$/u)
  })
})

void describe('amounts', () => {
  const cases: readonly (readonly [string, OperationValues])[] = [
    ['slightly brighter', { amount: 0.15 }],
    ['brighter', { amount: 0.3 }],
    ['much brighter', { amount: 0.48 }],
    ['20% brighter', { amount: 0.2 }],
    ['darker by 15 percent', { amount: -0.15 }],
    ['twice as bright', { amount: 0.6 }],
    ['less contrast', { amount: -0.35 }],
    ['less saturated', { amount: -0.4 }],
    ['contrast -20%', { amount: -0.2 }],
    ['saturation +30%', { amount: 0.3 }],
    ['increase exposure by 1.5 stops', { stops: 1.5 }],
    ['reduce the exposure by 2 stops', { stops: -2 }],
    ['subtle sepia', { amount: 0.5 }],
    ['blur 12px', { radius: 0.012, radiusPx: 12 }],
    ['shift the hue by 120°', { degrees: 120 }],
    ['rotate 12 degrees counterclockwise', { degrees: -12 }],
    ['upside down', { degrees: 180 }],
    ['tint it teal', { colour: '#12808a', amount: 0.5 }],
    ['duotone in orange and navy', { dark: '#14224f', light: '#f08020' }],
    ['replace blue with #ff0000', { from: '#2050d0', to: '#ff0000' }],
    ['20px black border', { widthPx: 20, width: 0.05, colour: '#000000' }],
    ['make the background white', { colour: '#ffffff', tolerance: undefined as never }],
    ['crop the bottom right', { left: 0.5, top: 0.5, width: 0.5, height: 0.5 }],
    ['crop out the left side', { left: 0.5, top: 0, width: 0.5, height: 1 }],
    ['instant film from the 70s', { amount: 1 }],
    ['crop to the left half', { left: 0, top: 0, width: 0.5, height: 1 }],
    ['cut to 1:1 from the top', { aspect: '1:1', x: 0.5, y: 0 }],
    ['resize to 640 x 480', { widthPx: 640, heightPx: 480 }],
    ['resize to 300 pixels high', { widthPx: 0, heightPx: 300 }],
    ['3x bigger', { percent: 300 }],
    ['30% smaller', { percent: 70 }],
    ['flip it vertically', { axis: 'vertical' }],
  ]
  for (const [prompt, expected] of cases)
    void test(prompt, () => {
      const values = valuesOf(prompt)
      for (const [key, value] of Object.entries(expected))
        if (value !== undefined) assert.equal(values[key], value, JSON.stringify(values))
    })
})

void describe('negation, order and merging', () => {
  void test('what is forbidden does not run, also inside a look', () => {
    assert.deepEqual(names("make it warmer and crop it, but don't crop"), ['temperature'])
    assert.deepEqual(valuesOf('vintage without grain and without vignette'), {
      amount: 1,
      grain: 0,
      vignette: 0,
    })
    assert.deepEqual(names('cinematic, no black bars'), ['cinematic'])
    assert.deepEqual(names('oil painting, keep the colours, warmer'), ['oil'])
    assert.deepEqual(names('watercolour, square, keep the aspect ratio'), ['watercolour'])
  })

  void test('styles run after tone and before grain, stages and frames; "then" begins anew', () => {
    assert.deepEqual(names('white border, film grain, ink drawing, more contrast, crop to 4:3'), [
      'contrast',
      'crop_to_aspect',
      'ink',
      'grain',
      'border',
    ])
    assert.deepEqual(names('watercolour, then more contrast'), ['watercolour', 'contrast'])
  })

  void test('repeated wishes are one, the stronger; opposite ones the later; turns add up', () => {
    assert.equal(valuesOf('brighter, slightly brighter')['amount'], 0.3)
    assert.equal(valuesOf('warmer, cooler')['amount'], -0.4)
    assert.equal(valuesOf('rotate 90 degrees, rotate 180 degrees')['degrees'], 270)
  })
})

void describe('any text at all', () => {
  void test('parses in bounded time without throwing', () => {
    const word = fc.constantFrom(
      ...VOCABULARY.flatMap(([phrases]) => phrases.split('|')),
      'hat',
      'and',
      ',',
      'with',
      'not',
      '20%',
      '猫',
      '😀',
    )
    const texts = fc.oneof(
      fc.string({ maxLength: 5000 }),
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.array(word, { maxLength: 400 }).map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const started = performance.now()
        const { steps, unresolved } = parseInstruction(text)
        assert.ok(performance.now() - started < 2000)
        assert.ok(steps.length <= MAX_STEPS)
        for (const { clause } of unresolved) assert.ok(clause.length <= 120)
      }),
      { numRuns: 150 },
    )
  })

  void test('long repetitions are no trap', () => {
    for (const piece of [
      'a',
      ' ',
      ',',
      'and ',
      '9',
      '1:',
      '#',
      "'",
      'without ',
      'black and ',
      'ed',
      '-',
      '\n',
      '́',
    ])
      for (const length of [5000, 50_000]) {
        const started = performance.now()
        parseInstruction(piece.repeat(length / piece.length))
        assert.ok(performance.now() - started < 1000, JSON.stringify(piece))
      }
  })

  void test('too much text is said to be too much', () => {
    const { steps, unresolved } = parseInstruction('add a hat, '.repeat(2000))
    assert.deepEqual(steps, [])
    assert.match(unresolved.at(-1)?.reason ?? '', /too long/u)
  })

  void test('nothing asked, nothing answered', () => {
    for (const prompt of ['', '   ', '\n', 'please', 'this picture', '...'])
      assert.deepEqual(parseInstruction(prompt), { steps: [], unresolved: [] })
  })
})

void describe('colour and styles without colour', () => {
  const order = (prompt: string): string[] => parseInstruction(prompt).steps.map(({ operation }) => operation)

  void test('a colour comes after what would have taken it away, whatever the order of the words', () => {
    assert.deepEqual(order('make it a warm pencil sketch'), ['pencil', 'temperature'])
    assert.deepEqual(order('sepia ink drawing'), ['ink', 'sepia'])
    assert.deepEqual(order('warm black and white'), ['black_and_white', 'temperature'])
  })

  void test('a style that keeps colours is painted in them', () => {
    assert.deepEqual(order('a warm watercolour'), ['temperature', 'watercolour'])
  })
})
