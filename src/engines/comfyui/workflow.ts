/** ComfyUI workflows as data: a graph in the form that its `/prompt` takes, and the places where values go. */
import { z } from 'zod'

/** What a place can take. Images are numbered from 0 in the order of their places. */
export const SLOTS = [
  'image',
  'mask',
  'prompt',
  'negative_prompt',
  'seed',
  'steps',
  'guidance',
  'strength',
  'width',
  'height',
  'count',
  'output',
] as const
export type Slot = (typeof SLOTS)[number]

const NODE = z.object({
  class_type: z.string().min(1),
  inputs: z.record(z.string(), z.unknown()),
  _meta: z.object({ title: z.string().optional() }).optional(),
})
/** By node id. */
export const GRAPH = z.record(z.string(), NODE).refine((graph) => Object.keys(graph).length > 0)
const PLACE = z.tuple([z.string(), z.string()])
export const WORKFLOW = z.object({
  title: z.string().min(1),
  slots: z.partialRecord(z.enum(SLOTS), z.array(PLACE).min(1)),
  workflow: GRAPH,
})

export type Graph = z.output<typeof GRAPH>
/** Node id and the name of its input. */
export type Place = z.output<typeof PLACE>
export type Workflow = z.output<typeof WORKFLOW>
type PlainSlot = Exclude<Slot, 'image' | 'mask'>
export type SlotValues = Partial<Record<PlainSlot, unknown>> & {
  image?: readonly string[]
  /** A picture of the mask, for places of its own. */
  mask?: string | undefined
  /** The first image with the mask as its transparency, for a place that is read for both. */
  maskedImage?: string | undefined
}

/** How many images a workflow takes. */
export function roomForImages({ slots }: Workflow): number {
  return slots.image?.length ?? 0
}

/** Where a workflow takes its mask from: a file of its own, the transparency of the first image, or both. */
export function maskPlaces({ slots }: Pick<Workflow, 'slots'>): { apart: Place[]; inImage: Place | null } {
  const masks = slots.mask ?? []
  const isImage = (place: Place): boolean => has(slots.image ?? [], place)
  return { apart: masks.filter((place) => !isImage(place)), inImage: masks.find(isImage) ?? null }
}

/** A mask lies on the first image, so the place that is read for both takes that one. */
function imagePlaces({ slots }: Workflow): readonly Place[] {
  const places = slots.image ?? []
  const { inImage } = maskPlaces({ slots })
  return inImage === null ? places : [inImage, ...places.filter((place) => !isSame(place, inImage))]
}

function has(places: readonly Place[], place: Place): boolean {
  return places.some((other) => isSame(other, place))
}

/** Whether both name the same input of the same node. */
export function isSame([a, b]: Place, [c, d]: Place): boolean {
  return a === c && b === d
}

/** A copy of the graph with the values in their places; a slot without a value keeps what the workflow has. */
export function fillWorkflow(whole: Workflow, values: SlotValues): Graph {
  const { slots, workflow } = whole
  const graph = structuredClone(workflow)
  const put = ([node, input]: Place, value: unknown): void => {
    const found = Object.hasOwn(graph, node) ? graph[node] : undefined
    if (found !== undefined) found.inputs[input] = value
  }
  const { image: images = [], mask, maskedImage, ...others } = values
  for (const [index, place] of imagePlaces(whole).entries()) {
    // A place that is left over would load whatever its author had there.
    const image = images[index] ?? images[0]
    if (image !== undefined) put(place, image)
  }
  const { apart, inImage } = maskPlaces(whole)
  if (mask !== undefined) for (const place of apart) put(place, mask)
  if (maskedImage !== undefined && inImage !== null) put(inImage, maskedImage)
  for (const [slot, value] of Object.entries(others) as [PlainSlot, unknown][])
    if (value !== undefined) for (const place of slots[slot] ?? []) put(place, value)
  return graph
}
