/** Workflows that lie in a folder of the operator's become models. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { detectSlots } from './detect-slots.ts'
import fluxKleinEdit from './workflows/flux-klein-edit.json' with { type: 'json' }
import qwenEdit from './workflows/qwen-edit.json' with { type: 'json' }
import sdxlImg2img from './workflows/sdxl-img2img.json' with { type: 'json' }
import type { Workflow } from './workflow.ts'
import { GRAPH, WORKFLOW } from './workflow.ts'

/** A file that cannot become a model, and why. */
export type UnusableWorkflow = { file: string; reason: string }
/** By model id: `comfyui/my-look` for `my-look.json`, `bfl/flux-1-dev` for `bfl/flux-1-dev.json`. */
export type LoadedWorkflows = {
  workflows: Readonly<Record<string, Workflow>>
  unusable: readonly UnusableWorkflow[]
}

/** Folder of the ids of models that exist only because of a workflow. */
export const OWN_PREFIX = 'comfyui/'

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}(?:\/[a-z0-9][a-z0-9._-]{0,63}){0,2}$/iu
/** The largest graphs that people share have a few hundred kilobytes. */
const MAX_BYTES = 8 * 1024 * 1024

/** The three that come with us. @throws Error when one of them is damaged */
export function builtInWorkflows(): Readonly<Record<string, Workflow>> {
  return {
    'comfyui/sdxl-img2img': WORKFLOW.parse(sdxlImg2img),
    'comfyui/flux-klein-edit': WORKFLOW.parse(fluxKleinEdit),
    'comfyui/qwen-edit': WORKFLOW.parse(qwenEdit),
  }
}

/**
 * Reads every `.json` of a folder and of the folders in it: an export in API format, whose slots are detected, or one
 * of our own form with slots named. One bad file does not hide the others.
 * @throws Error when the folder cannot be read
 */
export function loadWorkflows(folder: string): LoadedWorkflows {
  const workflows: Record<string, Workflow> = {}
  const unusable: UnusableWorkflow[] = []
  for (const file of workflowFiles(folder)) {
    const name = file.slice(0, -'.json'.length)
    const read = NAME.test(name)
      ? readFile(join(folder, file), name)
      : 'its name may have letters, digits, dots, dashes and underscores only'
    if (typeof read === 'string') unusable.push({ file, reason: read })
    else workflows[name.includes('/') ? name : OWN_PREFIX + name] = read
  }
  return { workflows, unusable }
}

/** Paths below a folder, with slashes, sorted; hidden files are left alone. */
export function workflowFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.json') && !file.split('/').some((part) => part.startsWith('.')))
    .toSorted()
}

function readFile(path: string, name: string): Workflow | string {
  try {
    const stat = statSync(path)
    // Reading a pipe would wait for a writer.
    if (!stat.isFile()) return 'it is no file'
    const { size } = stat
    return size > MAX_BYTES
      ? `it has ${size} bytes, more than ${MAX_BYTES}`
      : readWorkflow(name, readFileSync(path, 'utf8'))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return `it cannot be read (${code})`
  }
}

/** The workflow, or why it is none. */
export function readWorkflow(name: string, text: string): Workflow | string {
  let json: unknown
  try {
    // Editors of Windows begin a file with a mark of its encoding, which JSON does not have.
    json = JSON.parse(text.replace(/^\uFEFF/u, ''))
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
    .find(([node]) => !Object.hasOwn(workflow.workflow, node))
  return lost === undefined ? workflow : `a slot names the node ${lost[0]}, which is not there`
}
