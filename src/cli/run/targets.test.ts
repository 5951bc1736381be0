import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TargetOptions } from './targets.ts'
import { nameTargets } from './targets.ts'

function options(more: Partial<TargetOptions> = {}): TargetOptions {
  return { output: undefined, pattern: undefined, format: undefined, operation: 'edit', ...more }
}

void describe('names of outputs', () => {
  void test('one input into the file of -o, whose ending is the format', () => {
    assert.deepEqual(nameTargets(['a.jpg'], options({ output: 'x/out.webp' })), {
      paths: ['x/out.webp'],
      format: 'webp',
    })
    assert.equal(nameTargets(['a.jpg'], options({ output: 'out.JPG' })).format, 'jpeg')
  })

  void test('several into a folder, an existing one also without the slash', () => {
    const inputs = [join('p', 'a.jpg'), join('p', 'b.heic')]
    assert.deepEqual(nameTargets(inputs, options({ output: 'out/', format: 'jpeg' })), {
      paths: [join('out', 'a-edit.jpg'), join('out', 'b-edit.jpg')],
      format: 'jpeg',
    })
    const [first] = nameTargets(inputs, options({ output: tmpdir() })).paths
    assert.equal(first, join(tmpdir(), 'a-edit.png'))
  })

  void test('without -o beside the input', () => {
    const { paths } = nameTargets([join('p', 'a.jpg')], options({ operation: 'upscale' }))
    assert.deepEqual(paths, [join('p', 'a-upscale.png')])
  })

  void test('equal names never share a file', () => {
    const inputs = [join('a', 'cat.jpg'), join('b', 'cat.jpg'), join('c', 'cat.jpg')]
    assert.deepEqual(nameTargets(inputs, options({ output: 'o/' })).paths, [
      join('o', 'cat-edit.png'),
      join('o', 'cat-edit-2.png'),
      join('o', 'cat-edit-3.png'),
    ])
  })

  void test('patterns', () => {
    assert.deepEqual(
      nameTargets(['a.jpg', 'b.jpg'], options({ pattern: 'o/{index}_{name}_{operation}.{ext}' })),
      {
        paths: ['o/1_a_edit.png', 'o/2_b_edit.png'],
        format: 'png',
      },
    )
    assert.equal(nameTargets(['a.jpg'], options({ pattern: '{name}.avif' })).format, 'avif')
  })

  void test('refusals name the contradiction', () => {
    const cases: [inputs: string[], more: Partial<TargetOptions>, message: RegExp][] = [
      [['a.jpg', 'b.jpg'], { output: 'out.png' }, /one file, but there are 2 inputs/u],
      [['a.jpg'], { output: 'out.bmp' }, /results can be png, jpeg, webp, avif/u],
      [['a.jpg'], { output: 'out.png', format: 'jpeg' }, /ends in \.png, but --format is jpeg/u],
      [['a.jpg'], { output: 'o', pattern: '{name}' }, /either -o or --out-pattern/u],
      [['a.jpg'], { pattern: '{nmae}.png' }, /\{nmae\} is not known; use \{name\}/u],
    ]
    for (const [inputs, more, message] of cases)
      assert.throws(() => nameTargets(inputs, options(more)), { code: 'invalid_request', message })
  })
})
