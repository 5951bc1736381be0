/** Workflows that lie in a folder of the operator's become models. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { detectSlots } from './detect-slots.ts'
import fluxKleinEdit from './workflows/flux-klein-edit.json' with { type: 'json' }
import qwenEdit from './workflows/qwen-edit.json' with { type: 'json' }
import sdxlImg2img from './workflows/sdxl-img2img.json' with { type: 'json' }
import type { Workflow } from './workflow.ts'
import { GRAPH, WORKFLOW } from './workflow.ts'

/** A file that cannot become a model, and why. */
export type UnusableWorkflow = { file: string; reason: string }
/** By name: the file's, without `.json`. */
export type LoadedWorkflows = {
  workflows: Readonly<Record<string, Workflow>>
  unusable: readonly UnusableWorkflow[]
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/iu

/** The three that come with us. @throws Error when one of them is damaged */
export function builtInWorkflows(): Readonly<Record<string, Workflow>> {
  return {
    'sdxl-img2img': WORKFLOW.parse(sdxlImg2img),
    'flux-klein-edit': WORKFLOW.parse(fluxKleinEdit),
    'qwen-edit': WORKFLOW.parse(qwenEdit),
  }
}

/**
 * Reads every `.json` of a folder: an export in API format, whose slots are detected, or one of our own form with
 * slots named. One bad file does not hide the others.
 * @throws Error when the folder cannot be read
 */
export async function loadWorkflows(folder: string): Promise<LoadedWorkflows> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted()
  const workflows: Record<string, Workflow> = {}
  const unusable: UnusableWorkflow[] = []
  for (const file of files) {
    const name = basename(file, '.json')
    const read = NAME.test(name)
      ? readWorkflow(name, await readFile(join(folder, file), 'utf8'))
      : 'its name may have letters, digits, dots, dashes and underscores only'
    if (typeof read === 'string') unusable.push({ file, reason: read })
    else workflows[name] = read
  }
  return { workflows, unusable }
}

/** The workflow, or why it is none. */
export function readWorkflow(name: string, text: string): Workflow | string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const own = WORKFLOW.safeParse(json)
  if (own.success) return checked(own.data)
  const graph = GRAPH.safeParse(json)
  if (graph.success) return checked({ title: name, slots: detectSlots(graph.data), workflow: graph.data })
  const isCanvas = typeof json === 'object' && json !== null && 'nodes' in json
  return isCanvas
    ? 'it is saved for the canvas; export it with "Export (API)"'
    : 'it is no workflow in API format'
}

function checked(workflow: Workflow): Workflow | string {
  if (workflow.slots.output === undefined)
    return 'it saves no picture: it has no SaveImage node, and no node titled "afterimage:output"'
  const lost = Object.values(workflow.slots)
    .flat()
    .find(([node]) => workflow.workflow[node] === undefined)
  return lost === undefined ? workflow : `a slot names the node ${lost[0]}, which is not there`
}
