/** An emulator for every engine, and the settings that point a server at them. */
import { HOME_ENGINES, homeAddressVariables } from '../../../src/config-home.ts'
import type { HomeEngineId } from '../../../src/config-home.ts'
import type { UpstreamId } from '../../../src/config-upstreams.ts'
import { baseUrlVariable, UPSTREAMS } from '../../../src/config-upstreams.ts'
import { A1111_EMULATION } from './a1111.ts'
import { BFL_EMULATION } from './bfl.ts'
import { BYTEPLUS_EMULATION } from './byteplus.ts'
import { createComfyEmulation } from './comfyui.ts'
import { DASHSCOPE_EMULATION } from './dashscope.ts'
import type { Emulation, Emulator } from './emulator.ts'
import { FAL_EMULATION } from './fal.ts'
import { GOOGLE_EMULATION } from './google.ts'
import { IDEOGRAM_EMULATION } from './ideogram.ts'
import { KREA_EMULATION } from './krea.ts'
import { LUMA_EMULATION } from './luma.ts'
import { COMPATIBLE_EMULATION } from './openai-compatible.ts'
import { OPENAI_API_EMULATION } from './openai-responses.ts'
import { createReplicateEmulation } from './replicate.ts'
import { RUNWAY_EMULATION } from './runway.ts'
import { SDCPP_EMULATION } from './sdcpp.ts'
import { TOPAZ_EMULATION } from './topaz.ts'

export type EmulatedId = UpstreamId | HomeEngineId

/** By engine id, in the order of the settings; an engine without emulator does not compile. */
export const EMULATIONS: Readonly<Record<EmulatedId, () => Emulation>> = {
  openai: () => OPENAI_API_EMULATION,
  google: () => GOOGLE_EMULATION,
  bfl: () => BFL_EMULATION,
  byteplus: () => BYTEPLUS_EMULATION,
  topaz: () => TOPAZ_EMULATION,
  runway: () => RUNWAY_EMULATION,
  ideogram: () => IDEOGRAM_EMULATION,
  luma: () => LUMA_EMULATION,
  dashscope: () => DASHSCOPE_EMULATION,
  fal: () => FAL_EMULATION,
  replicate: createReplicateEmulation,
  krea: () => KREA_EMULATION,
  comfyui: () => createComfyEmulation(),
  sdcpp: () => SDCPP_EMULATION,
  a1111: () => A1111_EMULATION,
  'openai-compatible': () => COMPATIBLE_EMULATION,
}

/** What servers at home have to be told beside their address. */
const HOME_MODELS: Readonly<Partial<Record<HomeEngineId, string>>> = {
  sdcpp: 'local/sdcpp',
  a1111: 'local/a1111',
  'openai-compatible': 'local/kontext=flux-kontext,local/z-image=z-image',
}

/** Addresses and keys that nobody but the emulators takes. Their results lie on loopback, which has to be allowed. */
export function emulatorSettings(started: ReadonlyMap<EmulatedId, Emulator>): Record<string, string> {
  const elsewhere = UPSTREAMS.flatMap(({ id, key }) => {
    const emulator = started.get(id)
    return emulator === undefined
      ? []
      : [
          [key, emulator.key],
          [baseUrlVariable(id), emulator.origin],
        ]
  })
  const home = HOME_ENGINES.flatMap(({ id, secret, models }) => {
    const emulator = started.get(id)
    const served = HOME_MODELS[id]
    return emulator === undefined
      ? []
      : [
          [homeAddressVariables(id)[0], emulator.origin],
          [secret, emulator.key],
          ...(served === undefined ? [] : [[models, served]]),
        ]
  })
  return {
    ...(Object.fromEntries([...elsewhere, ...home]) as Record<string, string>),
    AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '127.0.0.1',
  }
}
