/** Every engine that calls somebody, by its id in the catalogue, each with the emulator of its vendor. */
import { createCatalogue } from '../../src/catalogue/index.ts'
import type { Engine } from '../../src/core/engine.ts'
import { createA1111Engine } from '../../src/engines/a1111/engine.ts'
import { createBflEngine } from '../../src/engines/bfl/engine.ts'
import { createBytePlusEngine } from '../../src/engines/byteplus/engine.ts'
import { createComfyEngine } from '../../src/engines/comfyui/engine.ts'
import { builtInWorkflows } from '../../src/engines/comfyui/load-workflows.ts'
import type { Workflow } from '../../src/engines/comfyui/workflow.ts'
import { createDashScopeEngine } from '../../src/engines/dashscope/engine.ts'
import { createFalEngine } from '../../src/engines/fal/engine.ts'
import { createGoogleEngine } from '../../src/engines/google/engine.ts'
import { createIdeogramEngine } from '../../src/engines/ideogram/engine.ts'
import { createKreaEngine } from '../../src/engines/krea/engine.ts'
import { createLumaEngine } from '../../src/engines/luma/engine.ts'
import { createOpenAiEngine } from '../../src/engines/openai/engine.ts'
import { createResponsesEngine } from '../../src/engines/openai/responses/engine.ts'
import { createReplicateEngine } from '../../src/engines/replicate/engine.ts'
import { createRunwayEngine } from '../../src/engines/runway/engine.ts'
import { createSdcppEngine } from '../../src/engines/sdcpp/engine.ts'
import { createTopazEngine } from '../../src/engines/topaz/engine.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { A1111_EMULATION } from './emulators/a1111.ts'
import { BFL_EMULATION } from './emulators/bfl.ts'
import { BYTEPLUS_EMULATION } from './emulators/byteplus.ts'
import { createComfyEmulation } from './emulators/comfyui.ts'
import { DASHSCOPE_EMULATION } from './emulators/dashscope.ts'
import type { Emulation } from './emulators/emulator.ts'
import { FAL_EMULATION } from './emulators/fal.ts'
import { GOOGLE_EMULATION } from './emulators/google.ts'
import { IDEOGRAM_EMULATION } from './emulators/ideogram.ts'
import { KREA_EMULATION } from './emulators/krea.ts'
import { LUMA_EMULATION } from './emulators/luma.ts'
import { OPENAI_EMULATION } from './emulators/openai.ts'
import { RESPONSES_EMULATION } from './emulators/openai-responses.ts'
import { createReplicateEmulation } from './emulators/replicate.ts'
import { RUNWAY_EMULATION } from './emulators/runway.ts'
import { SDCPP_EMULATION } from './emulators/sdcpp.ts'
import { TOPAZ_EMULATION } from './emulators/topaz.ts'

export type EmulatedEngine = {
  /** New for each emulator, because some vendors remember. */
  emulation: () => Emulation
  /** @param options with the emulator's origin */
  create: (options: UpstreamEngineOptions & { origin: string }) => Engine
}

const CATALOGUE = createCatalogue()

export const EMULATED_ENGINES: Readonly<Record<string, EmulatedEngine>> = {
  openai: { emulation: () => OPENAI_EMULATION, create: createOpenAiEngine },
  'openai-responses': {
    emulation: () => RESPONSES_EMULATION,
    create: (options) => createResponsesEngine({ ...options, mainModel: 'gpt-5.6-luna' }),
  },
  google: { emulation: () => GOOGLE_EMULATION, create: createGoogleEngine },
  bfl: { emulation: () => BFL_EMULATION, create: createBflEngine },
  byteplus: { emulation: () => BYTEPLUS_EMULATION, create: createBytePlusEngine },
  topaz: { emulation: () => TOPAZ_EMULATION, create: createTopazEngine },
  runway: { emulation: () => RUNWAY_EMULATION, create: createRunwayEngine },
  ideogram: { emulation: () => IDEOGRAM_EMULATION, create: createIdeogramEngine },
  luma: { emulation: () => LUMA_EMULATION, create: createLumaEngine },
  dashscope: { emulation: () => DASHSCOPE_EMULATION, create: createDashScopeEngine },
  fal: { emulation: () => FAL_EMULATION, create: createFalEngine },
  replicate: { emulation: createReplicateEmulation, create: createReplicateEngine },
  krea: {
    emulation: () => KREA_EMULATION,
    create: (options) => createKreaEngine({ ...options, models: CATALOGUE.list() }),
  },
  comfyui: {
    emulation: () => createComfyEmulation(),
    create: (options) => createComfyEngine({ ...options, models: workflows() }),
  },
  sdcpp: { emulation: () => SDCPP_EMULATION, create: createSdcppEngine },
  a1111: { emulation: () => A1111_EMULATION, create: createA1111Engine },
}

/** A workflow for each model that may run on ComfyUI. */
function workflows(): Readonly<Record<string, Workflow>> {
  const builtIn = builtInWorkflows()
  const served = {
    'bfl/flux-1-dev': 'sdxl-img2img',
    'bfl/flux-1-kontext-dev': 'flux-klein-edit',
    'z-image/z-image': 'qwen-edit',
  }
  const entries = Object.entries(served).map(([id, name]) => {
    const workflow = builtIn[`comfyui/${name}`]
    if (workflow === undefined) throw new Error(`no workflow ${name}`)
    return [id, workflow] as const
  })
  return Object.fromEntries(entries)
}
