import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readConfig } from './config.ts'

void describe('engines at home', () => {
  void test('are off until they have an address or models', () => {
    const { home, warnings } = readConfig({})
    assert.deepEqual(home, { comfyui: null, sdcpp: null, a1111: null, compatible: null })
    assert.deepEqual(warnings, [])
  })

  void test('an address alone serves whatever is loaded; models alone stand for the usual address', () => {
    const { home, warnings } = readConfig({
      AFTERIMAGE_SDCPP_URL: 'http://gpu:1234/',
      AFTERIMAGE_A1111_MODELS: 'local/dream=dreamshaper 8+.safetensors, topaz/standard-enhance',
      AFTERIMAGE_COMFYUI_BASE_URL: 'http://gpu:8188/comfy',
    })
    assert.deepEqual(
      [home.sdcpp?.origin, home.sdcpp?.models],
      ['http://gpu:1234', [{ id: 'local/sdcpp', name: null }]],
    )
    assert.equal(home.a1111?.origin, 'http://127.0.0.1:7860')
    assert.deepEqual(home.a1111?.models, [
      { id: 'local/dream', name: 'dreamshaper 8+.safetensors' },
      { id: 'topaz/standard-enhance', name: null },
    ])
    assert.deepEqual([home.comfyui?.origin, home.comfyui?.workflows], ['http://gpu:8188/comfy', null])
    assert.deepEqual(warnings, [], 'none of these names is a mistake')
  })

  void test('a server of OpenAI’s form is told a name always, and costs an unknown amount unless said otherwise', () => {
    const settings = {
      AFTERIMAGE_OPENAI_COMPATIBLE_URL: 'http://127.0.0.1:8080/v1',
      AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: 'local/kontext',
    }
    const { compatible } = readConfig(settings).home
    assert.deepEqual(compatible?.models, [{ id: 'local/kontext', name: 'kontext' }])
    assert.equal(compatible.isFree, false)
    const free = readConfig({ ...settings, AFTERIMAGE_OPENAI_COMPATIBLE_BILLING: 'none' })
    assert.equal(free.home.compatible?.isFree, true)
  })

  void test('a secret may come from a file, at each use', () => {
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-home-key-'))
    const file = join(directory, 'token')
    const { home } = readConfig({
      AFTERIMAGE_COMFYUI_URL: 'http://127.0.0.1:1',
      AFTERIMAGE_COMFYUI_TOKEN_FILE: file,
    })
    assert.equal(home.comfyui?.secret(), null)
    writeFileSync(file, 'open sesame\n')
    assert.equal(home.comfyui.secret(), 'open sesame')
    rmSync(directory, { recursive: true })
  })

  const faults: readonly [title: string, settings: Record<string, string>, message: RegExp][] = [
    [
      'no address',
      { AFTERIMAGE_SDCPP_URL: 'gpu:1234' },
      /AFTERIMAGE_SDCPP_URL: found "gpu:1234"; expected an http/u,
    ],
    [
      'credentials in an address',
      { AFTERIMAGE_A1111_BASE_URL: 'http://me:secret@gpu' },
      /AFTERIMAGE_A1111_BASE_URL: .*expected/u,
    ],
    [
      'two addresses',
      { AFTERIMAGE_SDCPP_URL: 'http://a', AFTERIMAGE_SDCPP_BASE_URL: 'http://b' },
      /AFTERIMAGE_SDCPP_BASE_URL: differs from AFTERIMAGE_SDCPP_URL/u,
    ],
    [
      'a name without a provider',
      { AFTERIMAGE_SDCPP_MODELS: 'flux' },
      /found "flux"; expected ids like local\//u,
    ],
    ['an empty entry', { AFTERIMAGE_SDCPP_MODELS: 'local/a,,local/b' }, /expected ids like/u],
    ['one twice', { AFTERIMAGE_SDCPP_MODELS: 'local/a,local/a' }, /names local\/a twice/u],
    [
      'no models of a server of OpenAI’s form',
      { AFTERIMAGE_OPENAI_COMPATIBLE_URL: 'http://a' },
      /AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: not set/u,
    ],
    [
      'models of one without address',
      { AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: 'local/a' },
      /AFTERIMAGE_OPENAI_COMPATIBLE_URL: not set/u,
    ],
    [
      'another word for its billing',
      { AFTERIMAGE_OPENAI_COMPATIBLE_BILLING: 'free' },
      /BILLING: found "free"; allowed: unknown, none/u,
    ],
  ]
  for (const [title, settings, message] of faults)
    void test(`a fault is told: ${title}`, () => {
      assert.throws(() => readConfig(settings), message)
    })

  void test('an address with a password is not repeated in the message', () => {
    assert.throws(
      () => readConfig({ AFTERIMAGE_A1111_URL: 'http://me:hunter2@gpu' }),
      (error: Error) => !error.message.includes('hunter2'),
    )
  })
})
