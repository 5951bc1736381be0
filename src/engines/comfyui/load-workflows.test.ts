import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { detectSlots } from './detect-slots.ts'
import { builtInWorkflows, loadWorkflows, readWorkflow } from './load-workflows.ts'
import { workflowCapabilities } from './models.ts'
import type { Graph } from './workflow.ts'
import { fillWorkflow, roomForImages } from './workflow.ts'

/** As the export of a graph with two pictures, a guidance node in between, and a preview. */
const EXPORTED: Graph = {
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 1,
      steps: 20,
      cfg: 1,
      denoise: 1,
      positive: ['35', 0],
      negative: ['33', 0],
      model: ['4', 0],
    },
  },
  '4': { class_type: 'UNETLoader', inputs: { unet_name: 'flux.safetensors' } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a cat', clip: ['38', 0] } },
  '33': { class_type: 'CLIPTextEncode', inputs: { text: 'ugly', clip: ['38', 0] } },
  '35': { class_type: 'FluxGuidance', inputs: { guidance: 3.5, conditioning: ['36', 0] } },
  '36': { class_type: 'ReferenceLatent', inputs: { conditioning: ['6', 0], latent: ['12', 0] } },
  '10': { class_type: 'LoadImage', inputs: { image: 'first.png' } },
  '11': { class_type: 'LoadImage', inputs: { image: 'second.png' } },
  '27': { class_type: 'EmptySD3LatentImage', inputs: { width: 1024, height: 1024, batch_size: 1 } },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] } },
  '40': { class_type: 'PreviewImage', inputs: { images: ['8', 0] } },
}

void describe('the slots of an exported workflow', () => {
  void test('are found by nodes and links', () => {
    assert.deepEqual(detectSlots(EXPORTED), {
      image: [
        ['10', 'image'],
        ['11', 'image'],
      ],
      prompt: [['6', 'text']],
      negative_prompt: [['33', 'text']],
      seed: [['3', 'seed']],
      steps: [['3', 'steps']],
      guidance: [['35', 'guidance']],
      strength: [['3', 'denoise']],
      width: [['27', 'width']],
      height: [['27', 'height']],
      count: [['27', 'batch_size']],
      output: [['9', 'filename_prefix']],
    })
  })

  void test('a node may say by its title what it is', () => {
    const graph: Graph = {
      '1': { class_type: 'PrimitiveInt', inputs: { value: 8 }, _meta: { title: 'afterimage:steps' } },
      '2': {
        class_type: 'MyNode',
        inputs: { other: 'x', wish: 'y' },
        _meta: { title: 'afterimage:prompt.wish' },
      },
      '3': {
        class_type: 'SaveImage',
        inputs: { filename_prefix: 'x' },
        _meta: { title: 'afterimage:nonsense' },
      },
    }
    const { steps, prompt, ...others } = detectSlots(graph)
    assert.deepEqual([steps, prompt], [[['1', 'value']], [['2', 'wish']]])
    assert.deepEqual(Object.keys(others), ['output'])
  })

  void test('a mask has a loader of its own, or is the transparency of a picture', () => {
    const withNodes = (nodes: Graph): ReturnType<typeof detectSlots> => detectSlots({ ...EXPORTED, ...nodes })
    const loader: Graph[string] = { class_type: 'LoadImageMask', inputs: { image: 'm.png', channel: 'red' } }
    const reader = (link: unknown): Graph[string] => ({
      class_type: 'SetLatentNoiseMask',
      inputs: { samples: ['12', 0], mask: link },
    })
    assert.deepEqual(withNodes({ '50': loader }).mask, [['50', 'image']])
    assert.deepEqual(withNodes({ '50': reader(['11', 1]) }).mask, [['11', 'image']])
    assert.deepEqual(withNodes({ '49': loader, '50': reader(['11', 1]) }).mask, [['49', 'image']])
    assert.equal(withNodes({ '50': reader(['40', 1]) }).mask, undefined, 'the mask of another node')
    const alpha = { class_type: 'JoinImageWithAlpha', inputs: { image: ['8', 0], alpha: ['11', 1] } }
    assert.equal(withNodes({ '50': alpha }).mask, undefined, 'transparency that is put back')
  })

  void test('a loader that is titled as the mask is no picture to work on, unless there is no other', () => {
    const titled = {
      class_type: 'LoadImage',
      inputs: { image: 'm.png' },
      _meta: { title: 'afterimage:mask' },
    }
    const { image, mask } = detectSlots({ ...EXPORTED, '11': titled })
    assert.deepEqual([image, mask], [[['10', 'image']], [['11', 'image']]])
    const alone = detectSlots({ '11': titled })
    assert.deepEqual([alone.image, alone.mask], [[['11', 'image']], [['11', 'image']]])
  })

  void test('the picture that a mask lies on is the first, whatever the order of the places', () => {
    const slots = detectSlots({
      ...EXPORTED,
      '50': { class_type: 'SetLatentNoiseMask', inputs: { samples: ['12', 0], mask: ['11', 1] } },
    })
    const graph = fillWorkflow(
      { title: 'M', slots, workflow: EXPORTED },
      { image: ['source.png', 'reference.png'], mask: 'mask.png', maskedImage: 'masked.png' },
    )
    assert.deepEqual(
      [graph['11']?.inputs, graph['10']?.inputs],
      [{ image: 'masked.png' }, { image: 'reference.png' }],
    )
  })

  void test('a mask is honoured exactly where the workflow has places for it and for its picture', () => {
    const { 'comfyui/sdxl-img2img': sdxl, 'comfyui/qwen-edit': qwen } = builtInWorkflows()
    assert.ok(sdxl !== undefined && qwen !== undefined)
    assert.equal(workflowCapabilities(sdxl).fields.mask_url, 'native')
    const { fields, reasons } = workflowCapabilities(qwen)
    assert.deepEqual([fields.mask_url, reasons?.mask_url], ['unsupported', 'the workflow has no slot mask'])
    const { image: _image, ...slots } = sdxl.slots
    assert.equal(workflowCapabilities({ ...sdxl, slots }).fields.mask_url, 'unsupported')
  })

  void test('a picture is saved also where the prefix of its name is linked or left out', () => {
    const save = (inputs: Graph[string]['inputs']): Graph => ({
      ...EXPORTED,
      '9': { class_type: 'SaveImage', inputs },
    })
    for (const inputs of [{ images: ['8', 0], filename_prefix: ['6', 0] }, { images: ['8', 0] }]) {
      const workflow = readWorkflow('x', JSON.stringify(save(inputs)))
      assert.ok(typeof workflow !== 'string')
      const filled = fillWorkflow(workflow, { output: 'ours' })
      assert.deepEqual(filled['9']?.inputs, { images: ['8', 0], filename_prefix: 'ours' })
    }
  })

  void test('what every object has is no node', () => {
    const slots = { output: [['9', 'filename_prefix']] satisfies [string, string][] }
    for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      const named = { title: 'N', slots: { ...slots, seed: [[name, 'seed']] }, workflow: EXPORTED }
      const reason = readWorkflow('x', JSON.stringify(named))
      assert.ok(typeof reason === 'string')
      assert.match(reason, /a slot names the node .* not there/u)
      const linked = { '3': { class_type: 'KSampler', inputs: { positive: [name, 0] } } }
      assert.deepEqual(detectSlots(linked), {}, name)
      const filled = fillWorkflow(
        { title: 'N', slots: { seed: [[name, 'seed']] }, workflow: EXPORTED },
        { seed: 7 },
      )
      assert.deepEqual(filled, EXPORTED)
    }
  })

  void test('the built-in ones have the places that their slots name, and detection finds the main ones', () => {
    for (const { slots, workflow } of Object.values(builtInWorkflows())) {
      for (const [node, input] of Object.values(slots).flat())
        assert.ok(Object.hasOwn(workflow[node]?.inputs ?? {}, input), `${node}.${input}`)
      const { image, mask, prompt, seed, steps, output } = detectSlots(workflow)
      const main = { image, mask, prompt, seed, steps, output }
      assert.deepEqual(
        main,
        Object.fromEntries(Object.keys(main).map((slot) => [slot, slots[slot as 'image']])),
      )
    }
  })
})

void describe('a folder of workflows', () => {
  void test('gives models by file name, and says what cannot be one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-workflows-'))
    const files = {
      'my-look.json': JSON.stringify(EXPORTED),
      'named.json': JSON.stringify({
        title: 'Named',
        slots: { output: [['9', 'filename_prefix']] },
        workflow: EXPORTED,
      }),
      'canvas.json': JSON.stringify({ nodes: [], links: [] }),
      'broken.json': '{',
      'silent.json': JSON.stringify({ '1': { class_type: 'LoadImage', inputs: { image: 'x.png' } } }),
      'lost.json': JSON.stringify({ title: 'L', slots: { output: [['99', 'x']] }, workflow: EXPORTED }),
      'pipe.json/inner.txt': 'its folder ends like a workflow',
      'marked.json': `\uFEFF${JSON.stringify(EXPORTED)}`,
      'bfl/flux-1-dev.json': JSON.stringify(EXPORTED),
      '.hidden/own.json': JSON.stringify(EXPORTED),
      'my look.json': JSON.stringify(EXPORTED),
      'notes.txt': 'not a workflow',
    }
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    const { workflows, unusable } = loadWorkflows(folder)
    await rm(folder, { recursive: true })
    assert.deepEqual(Object.keys(workflows), [
      'bfl/flux-1-dev',
      'comfyui/marked',
      'comfyui/my-look',
      'comfyui/named',
    ])
    assert.deepEqual(
      unusable.map(({ file, reason }) => [
        file,
        /canvas|not JSON|SaveImage|99|letters|no file/u.exec(reason)?.[0],
      ]),
      [
        ['broken.json', 'not JSON'],
        ['canvas.json', 'canvas'],
        ['lost.json', '99'],
        ['my look.json', 'letters'],
        ['pipe.json', 'no file'],
        ['silent.json', 'SaveImage'],
      ],
    )
    const look = workflows['comfyui/my-look']
    assert.ok(look !== undefined)
    assert.equal(roomForImages(look), 2)
    assert.equal(workflowCapabilities(look).fields.negative_prompt, 'native')
    const named = workflows['comfyui/named']
    assert.ok(named !== undefined)
    const { fields, operations, maxImages } = workflowCapabilities(named)
    assert.deepEqual([fields.prompt, operations, maxImages], ['unsupported', ['generate'], 0])
  })

  void test('a folder that is not there is an error', () => {
    assert.throws(() => loadWorkflows('/nowhere/at/all'), { code: 'ENOENT' })
  })
})

void test('a place without an image of its own takes the first, and the workflow itself stays as it was', () => {
  const workflow = readWorkflow('x', JSON.stringify(EXPORTED))
  assert.ok(typeof workflow !== 'string')
  const graph = fillWorkflow(workflow, { image: ['a.png'], prompt: 'p', steps: undefined })
  assert.deepEqual(
    ['10', '11', '6', '3'].map((node) => graph[node]?.inputs),
    [{ image: 'a.png' }, { image: 'a.png' }, { text: 'p', clip: ['38', 0] }, EXPORTED['3']?.inputs],
  )
  assert.equal(workflow.workflow['10']?.inputs.image, 'first.png')
})
