/** Engines on the operator's own machines: where they listen, and what they serve. */
import type { Issue } from './core/errors.ts'
import { isAddress, readSecret, shownAddress } from './config-upstreams.ts'

export type HomeEngineId = (typeof HOME_ENGINES)[number]['id']

type HomeEngine = {
  id: string
  title: string
  /** Where the server listens when nobody says otherwise; null where there is no custom. */
  usual: string | null
  /** Optional: for a server behind a gate; `NAME_FILE` names a file that holds it. */
  secret: `AFTERIMAGE_${string}`
  /** What the engine serves; setting it switches the engine on too. */
  models: `AFTERIMAGE_${string}`
  meaning: string
}

const NAMED_MODELS = 'Ids of models with the name that the server has for each, separated by commas:'

/** Default addresses: the documentation of ComfyUI, of sd-server (revision 97d2990) and of AUTOMATIC1111. */
export const HOME_ENGINES = [
  {
    id: 'comfyui',
    title: 'ComfyUI',
    usual: 'http://127.0.0.1:8188',
    secret: 'AFTERIMAGE_COMFYUI_TOKEN',
    models: 'AFTERIMAGE_COMFYUI_WORKFLOWS',
    meaning: 'Folder of workflows; each becomes a model.',
  },
  {
    id: 'sdcpp',
    title: 'stable-diffusion.cpp',
    usual: 'http://127.0.0.1:1234',
    secret: 'AFTERIMAGE_SDCPP_TOKEN',
    models: 'AFTERIMAGE_SDCPP_MODELS',
    meaning: 'Ids of the models that the server has loaded, separated by commas; `local/sdcpp` when unset.',
  },
  {
    id: 'a1111',
    title: 'A1111',
    usual: 'http://127.0.0.1:7860',
    secret: 'AFTERIMAGE_A1111_AUTH',
    models: 'AFTERIMAGE_A1111_MODELS',
    meaning: `${NAMED_MODELS} \`local/dream=dreamshaper_8.safetensors\`; \`local/a1111\`, whatever is loaded, when unset.`,
  },
  {
    id: 'openai-compatible',
    title: 'Images API of OpenAI’s form',
    usual: null,
    secret: 'AFTERIMAGE_OPENAI_COMPATIBLE_KEY',
    models: 'AFTERIMAGE_OPENAI_COMPATIBLE_MODELS',
    meaning: `${NAMED_MODELS} \`local/kontext=flux-kontext\`. Needed.`,
  },
] as const satisfies readonly HomeEngine[]

/** Whether a server of OpenAI's form costs money: `unknown` never calls twice, `none` may, and says so in the price. */
export const COMPATIBLE_BILLING = 'AFTERIMAGE_OPENAI_COMPATIBLE_BILLING'

/** A model that an engine serves. `name` is what the engine calls it; null where it needs none. */
export type ServedModel = { id: string; name: string | null }

type Reachable = {
  /** Address with its path; may be private, because the operator configured it. */
  origin: string
  /** The secret at this moment; null while there is none. */
  secret: () => string | null
}
type Serving = Reachable & { models: readonly ServedModel[] }

/** Null: not configured. */
export type HomeSettings = {
  comfyui: (Reachable & { workflows: string | null }) | null
  sdcpp: Serving | null
  a1111: Serving | null
  compatible: (Serving & { isFree: boolean }) | null
}

type Environment = Readonly<Record<string, string | undefined>>
type Scene = { environment: Environment; issues: Issue[] }

/** `AFTERIMAGE_COMFYUI_URL`; the same with `_BASE_URL`, as engines elsewhere have it, is taken too. */
export function homeAddressVariables(id: HomeEngineId): readonly [plain: string, base: string] {
  const stem = `AFTERIMAGE_${id.toUpperCase().replaceAll('-', '_')}`
  return [`${stem}_URL`, `${stem}_BASE_URL`]
}

/** Names that an environment may hold for engines at home. */
export function homeVariables(): string[] {
  const names = HOME_ENGINES.flatMap(({ id, secret, models }) => [
    ...homeAddressVariables(id),
    secret,
    `${secret}_FILE`,
    models,
  ])
  return [...names, COMPATIBLE_BILLING]
}

/** Nothing is called and no file is read here; faults are added to `issues`. */
export function readHome(environment: Environment, issues: Issue[]): HomeSettings {
  const scene = { environment, issues }
  const [comfyui, sdcpp, a1111, compatible] = HOME_ENGINES
  const billing = textOf(environment, COMPATIBLE_BILLING) ?? 'unknown'
  if (billing !== 'unknown' && billing !== 'none')
    issues.push(fault(COMPATIBLE_BILLING, `found "${billing.slice(0, 80)}"; allowed: unknown, none`))
  const served = readServing(compatible, scene)
  const reached = readReachable(comfyui, scene)
  return Object.freeze({
    comfyui: reached && { ...reached, workflows: textOf(environment, comfyui.models) ?? null },
    sdcpp: readServing(sdcpp, scene),
    a1111: readServing(a1111, scene),
    compatible: served && { ...served, isFree: billing === 'none' },
  })
}

function readServing(engine: (typeof HOME_ENGINES)[number], scene: Scene): Serving | null {
  const reached = readReachable(engine, scene)
  if (reached === null) return null
  const text = textOf(scene.environment, engine.models)
  if (text !== undefined) return { ...reached, models: readModels(engine, text, scene.issues) }
  if (engine.id !== 'openai-compatible')
    return { ...reached, models: [{ id: `local/${engine.id}`, name: null }] }
  const message = 'not set; name at least one model of the server, like local/kontext=flux-kontext'
  scene.issues.push(fault(engine.models, message))
  return null
}

/** On when the engine has an address, or models and a usual place. */
function readReachable(
  { id, usual, secret, models }: (typeof HOME_ENGINES)[number],
  { environment, issues }: Scene,
): Reachable | null {
  const [plain, base] = homeAddressVariables(id)
  const [text, other] = [textOf(environment, plain), textOf(environment, base)]
  if (text !== undefined && other !== undefined && text !== other)
    issues.push(fault(base, `differs from ${plain}, which means the same; set one of them`))
  const origin = text ?? other ?? (textOf(environment, models) === undefined ? undefined : usual)
  if (origin === undefined) return null
  if (origin === null) {
    issues.push(fault(plain, `not set; ${models} needs the address of the server`))
    return null
  }
  if (!isAddress(origin)) {
    const expected = 'expected an http(s) URL without query, like http://127.0.0.1:8188'
    issues.push(fault(text === undefined ? base : plain, `found "${shownAddress(origin)}"; ${expected}`))
  }
  return { origin: origin.replace(/\/+$/u, ''), secret: () => readSecret(environment, secret) }
}

const ENTRY = /^([a-z0-9][\w.-]*(?:\/[a-z0-9][\w.-]*){1,2})(?:=(.{1,200}))?$/iu

/** `local/dream=dreamshaper_8.safetensors, z-image/z-image` */
function readModels(
  { id, models }: (typeof HOME_ENGINES)[number],
  text: string,
  issues: Issue[],
): ServedModel[] {
  const entries = text.split(',').map((entry) => entry.trim())
  const found = entries.map((entry) => ENTRY.exec(entry))
  const wrong = entries.filter((_entry, index) => found[index] === null)
  if (wrong.length > 0)
    issues.push(
      fault(
        models,
        `found "${wrong.join(', ').slice(0, 80)}"; expected ids like local/kontext, or local/kontext=name`,
      ),
    )
  const served = found.flatMap((match) => toServed(id, match?.[1], match?.[2]))
  const twice = served.find(({ id: name }, index) => served.findIndex((other) => other.id === name) < index)
  if (twice !== undefined) issues.push(fault(models, `names ${twice.id} twice`))
  return served
}

/** A server of OpenAI's form is always told a model; the others make what they have loaded. */
function toServed(engine: HomeEngineId, id: string | undefined, name: string | undefined): ServedModel[] {
  if (id === undefined) return []
  const own = engine === 'openai-compatible' ? (id.split('/').at(-1) ?? id) : null
  return [{ id, name: name?.trim() ?? own }]
}

function textOf(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim()
  return text === '' ? undefined : text
}

function fault(path: string, message: string): Issue {
  return { path, message, code: 'invalid_setting' }
}
