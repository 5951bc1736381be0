/** ComfyUI workflows as data: a graph in the form that its `/prompt` takes, and the places where values go. */
import { z } from 'zod'

/** What a place can take. Images are numbered from 0 in the order of their places. */
export const SLOTS = [
  'image',
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
export type SlotValues = Partial<Record<Exclude<Slot, 'image'>, unknown>> & { image?: readonly string[] }

/** How many images a workflow takes. */
export function roomForImages({ slots }: Workflow): number {
  return slots.image?.length ?? 0
}

/** A copy of the graph with the values in their places; a slot without a value keeps what the workflow has. */
export function fillWorkflow({ slots, workflow }: Workflow, values: SlotValues): Graph {
  const graph = structuredClone(workflow)
  const put = ([node, input]: Place, value: unknown): void => {
    const found = Object.hasOwn(graph, node) ? graph[node] : undefined
    if (found !== undefined) found.inputs[input] = value
  }
  const { image: images = [], ...others } = values
  for (const [index, place] of (slots.image ?? []).entries()) {
    // A place that is left over would load whatever its author had there.
    const image = images[index] ?? images[0]
    if (image !== undefined) put(place, image)
  }
  for (const [slot, value] of Object.entries(others) as [Exclude<Slot, 'image'>, unknown][])
    if (value !== undefined) for (const place of slots[slot] ?? []) put(place, value)
  return graph
}
