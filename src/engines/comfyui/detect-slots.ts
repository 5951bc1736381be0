/** Finds the places of a workflow that somebody exported from ComfyUI, by what its nodes are and how they are linked. */
import type { Graph, Place, Slot, Workflow } from './workflow.ts'
import { isSame, SLOTS } from './workflow.ts'

type Slots = Workflow['slots']
type Node = Graph[string]

/** Inputs of samplers, schedulers and guiders that hold a number of ours. */
const NUMBERS: Readonly<Record<string, Slot>> = {
  seed: 'seed',
  noise_seed: 'seed',
  steps: 'steps',
  cfg: 'guidance',
  guidance: 'guidance',
  denoise: 'strength',
}
const TEXT_INPUTS = ['text', 'prompt', 'clip_l', 't5xxl']
/** A node titled `afterimage:prompt` says it itself, for graphs that no rule can read. */
const TITLE = /^afterimage:([a-z_]+)(?:\.(\w+))?$/u
const DEPTH = 12
/** Number of the output of `LoadImage` that is 1 where the picture is transparent. */
const MASK_OUTPUT = 1

/** Slots that were found; a workflow without `output` cannot be used. */
export function detectSlots(graph: Graph): Slots {
  const titled = titledSlots(graph)
  const found: Slots = {
    ...imageSlots(graph, titled),
    ...maskSlots(graph),
    ...textSlots(graph),
    ...numberSlots(graph),
    ...sizeSlots(graph),
    ...outputSlots(graph),
  }
  return { ...found, ...titled }
}

function places(graph: Graph, choose: (node: Node) => readonly string[]): Place[] {
  return Object.entries(graph)
    .flatMap(([id, node]) =>
      choose(node)
        .filter((name) => isValue(node.inputs[name]))
        .map((name): Place => [id, name]),
    )
    .toSorted(([a], [b]) => Number(a) - Number(b))
}

/** A link to another node is a pair; only a value of its own can be replaced. */
function isValue(input: unknown): boolean {
  return typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean'
}

function named(slot: Slot, found: readonly Place[]): Slots {
  return found.length === 0 ? {} : { [slot]: found }
}

/** One that is titled as the mask is no picture to work on, unless there is no other. */
function imageSlots(graph: Graph, { mask = [] }: Slots): Slots {
  const all = loaders(graph, 'LoadImage')
  const pictures = all.filter((place) => !mask.some((other) => isSame(place, other)))
  return named('image', pictures.length > 0 ? pictures : all)
}

/** A mask has a loader of its own, or is the transparency of the picture: the second output of its loader. */
function maskSlots(graph: Graph): Slots {
  const own = loaders(graph, 'LoadImageMask')
  return named(
    'mask',
    own.length > 0 ? own : loaders(graph, 'LoadImage').filter(isMaskRead(graph)).slice(0, 1),
  )
}

function loaders(graph: Graph, type: string): Place[] {
  return places(graph, (node) => (node.class_type === type ? ['image'] : []))
}

/** As a mask: others read the transparency too, to put it back in the end. */
function isMaskRead(graph: Graph): (place: Place) => boolean {
  const masks = Object.values(graph).map(({ inputs }) => inputs['mask'])
  return ([id]) =>
    masks.some((link) => Array.isArray(link) && String(link[0]) === id && link[1] === MASK_OUTPUT)
}

/** The texts that lead to the `positive` and `negative` inputs of a sampler or guider. */
function textSlots(graph: Graph): Slots {
  const leading = (side: string): Place[] =>
    unique(Object.values(graph).flatMap(({ inputs }) => textsBehind(graph, inputs[side], DEPTH)))
  const negative = leading('negative')
  const positive = [...leading('positive'), ...leading('conditioning')].filter(
    (place) => !negative.some((other) => isSame(place, other)),
  )
  return { ...named('prompt', unique(positive)), ...named('negative_prompt', negative) }
}

/** Follows links towards the texts; a zeroed conditioning has none of its own. */
function textsBehind(graph: Graph, link: unknown, depth: number): Place[] {
  if (!Array.isArray(link) || depth === 0) return []
  const id = String(link[0])
  const node = Object.hasOwn(graph, id) ? graph[id] : undefined
  if (node === undefined || node.class_type === 'ConditioningZeroOut') return []
  const own = TEXT_INPUTS.filter((name) => typeof node.inputs[name] === 'string')
  if (own.length > 0) return own.map((name): Place => [id, name])
  return ['conditioning', 'text', 'prompt', 'positive', 'value', 'string'].flatMap((name) =>
    textsBehind(graph, node.inputs[name], depth - 1),
  )
}

function numberSlots(graph: Graph): Slots {
  const found: Slots = {}
  for (const [input, slot] of Object.entries(NUMBERS)) {
    const added = places(graph, ({ inputs }) => (typeof inputs[input] === 'number' ? [input] : []))
    if (added.length > 0) found[slot] = [...(found[slot] ?? []), ...added]
  }
  // Models with a distilled guidance want their cfg left at 1.
  const distilled = (found.guidance ?? []).filter(([, input]) => input === 'guidance')
  return distilled.length === 0 ? found : { ...found, guidance: distilled }
}

/** Of the empty latents that a picture begins with. */
function sizeSlots(graph: Graph): Slots {
  const latent = (name: string): Place[] =>
    places(graph, ({ class_type: type }) => (/^Empty.*Latent/u.test(type) ? [name] : []))
  return {
    ...named('width', latent('width')),
    ...named('height', latent('height')),
    ...named('count', latent('batch_size')),
  }
}

/** Also where the prefix is linked or left out: ours takes its place. */
function outputSlots(graph: Graph): Slots {
  const saving = Object.keys(graph).filter((id) => graph[id]?.class_type === 'SaveImage')
  return named(
    'output',
    saving.map((id): Place => [id, 'filename_prefix']).toSorted(([a], [b]) => Number(a) - Number(b)),
  )
}

/** `afterimage:image`, or `afterimage:steps.value` where the input cannot be guessed. */
function titledSlots(graph: Graph): Slots {
  const found: Slots = {}
  for (const [id, { inputs, _meta: meta }] of Object.entries(graph)) {
    const [, word, input] = TITLE.exec(meta?.title ?? '') ?? []
    const slot = SLOTS.find((known) => known === word)
    const name = input ?? Object.keys(inputs).find((candidate) => isValue(inputs[candidate]))
    if (slot !== undefined && name !== undefined) found[slot] = [...(found[slot] ?? []), [id, name]]
  }
  return found
}

function unique(found: readonly Place[]): Place[] {
  return found.filter((place, index) => found.findIndex((other) => isSame(place, other)) === index)
}
