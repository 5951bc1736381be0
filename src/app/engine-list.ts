import type { ModelCatalogue } from '../catalogue/index.ts'
import type { Config } from '../config.ts'
import type { UpstreamId } from '../config-upstreams.ts'
import type { Engine } from '../core/engine.ts'
import type { EngineKeys } from '../core/engine-keys.ts'
import type { KeyStandings } from '../core/key-standings.ts'
import type { Clock, UntrustedFetch } from '../core/ports.ts'
import { upstreamWebhookUrl } from '../core/upstream-webhook.ts'
import type { AddedEngine } from '../engines/added.ts'
import { createBflEngine } from '../engines/bfl/engine.ts'
import { createBytePlusEngine } from '../engines/byteplus/engine.ts'
import { createDashScopeEngine } from '../engines/dashscope/engine.ts'
import { createFalEngine } from '../engines/fal/engine.ts'
import { createGoogleEngine } from '../engines/google/engine.ts'
import { createIdeogramEngine } from '../engines/ideogram/engine.ts'
import { createKreaEngine } from '../engines/krea/engine.ts'
import { createLumaEngine } from '../engines/luma/engine.ts'
import { createLocalEngines, LOCAL_ENGINE_ID } from '../engines/local/engines.ts'
import { createOpenAiEngine } from '../engines/openai/engine.ts'
import { createResponsesEngine } from '../engines/openai/responses/engine.ts'
import { createReplicateEngine } from '../engines/replicate/engine.ts'
import { createRunwayEngine } from '../engines/runway/engine.ts'
import { createTopazEngine } from '../engines/topaz/engine.ts'
import type { UpstreamEngineOptions } from '../net/upstream/engine-options.ts'
import { createWiring } from './engine-wiring.ts'
import type { Home } from './home.ts'

/** What the models of our own run on. */
export const LOCAL_ENGINE = LOCAL_ENGINE_ID
/** OpenAI in the background; it has the key, the address and the queue of the images API. */
export const RESPONSES_ENGINE = 'openai-responses'
/** Queue of the engine that uses this machine's cores. */
export const LOCAL_QUEUE = 'local'

export type EngineDeps = {
  config: Pick<
    Config,
    | 'localProcesses'
    | 'maxInputPixels'
    | 'jobTimeoutSeconds'
    | 'upstreams'
    | 'cassettes'
    | 'cassetteDirectory'
    | 'publicUrl'
    | 'openAiResponsesModel'
  >
  clock: Clock
  fetchUntrusted: UntrustedFetch
  /** The other server speaks the same wire, so it can serve every model. */
  catalogue: Pick<ModelCatalogue, 'list'>
  /** Keys that may change while the server runs; without them those of the settings count. */
  engineKeys?: Pick<EngineKeys, 'find' | 'refresh'>
  /** Told what vendors say about their keys. */
  keyStandings?: Pick<KeyStandings, 'note'>
  /** Engines on the operator's own machines. */
  home?: Pick<Home, 'engines'>
  /** Engines that an embedding program brings along. */
  added?: readonly AddedEngine[]
  /** Told what pixel processes write to stderr. */
  onDiagnostic: (text: string) => void
}

type Creator = (
  options: UpstreamEngineOptions,
  server: { catalogue: EngineDeps['catalogue']; publicUrl: string | null },
) => Engine
/** A vendor without its engine does not compile. */
const CREATORS: Readonly<Record<UpstreamId, Creator>> = {
  openai: createOpenAiEngine,
  google: createGoogleEngine,
  bfl: createBflEngine,
  byteplus: createBytePlusEngine,
  topaz: createTopazEngine,
  runway: createRunwayEngine,
  ideogram: createIdeogramEngine,
  luma: createLumaEngine,
  dashscope: createDashScopeEngine,
  fal: createFalEngine,
  replicate: (options, { publicUrl }) => {
    const webhookUrl = upstreamWebhookUrl(publicUrl)
    return createReplicateEngine(webhookUrl === null ? options : { ...options, webhookUrl })
  },
  krea: (options, { catalogue }) => createKreaEngine({ ...options, models: catalogue.list() }),
}

/**
 * Every engine of this server. Those elsewhere are there without a key too, and then serve no model: a key that
 * appears in a watched file needs no restart. Nothing is started or called before the first job.
 */
export function createEngines(deps: EngineDeps): Engine[] {
  const {
    config,
    clock,
    fetchUntrusted,
    catalogue,
    engineKeys,
    keyStandings,
    home,
    added = [],
    onDiagnostic,
  } = deps
  const { local, draft, prepareImage } = createLocalEngines({
    processes: config.localProcesses,
    maxPixels: config.maxInputPixels,
    deadlineMs: config.jobTimeoutSeconds * 1000,
    onDiagnostic,
  })
  const wire = createWiring({ config, clock, fetchUntrusted, prepareImage })
  const server = { catalogue, publicUrl: config.publicUrl }
  const build = (engineId: string, keyId: UpstreamId, create: Creator): Engine => {
    const { secret: configured, origin } = config.upstreams[keyId]
    const secret = engineKeys === undefined ? configured : () => engineKeys.find(keyId)?.secret ?? null
    const options = wire(engineId, { secret, origin })
    const engine = create(origin === null ? options : { ...options, origin }, server)
    return engineKeys === undefined
      ? engine
      : withKeyCare(engine, {
          secret,
          enteredAt: () => engineKeys.find(keyId)?.enteredAt ?? null,
          refresh: engineKeys.refresh,
          note: (error) => keyStandings?.note(keyId, error),
        })
  }
  const upstreams = (Object.keys(CREATORS) as UpstreamId[]).map((id) => build(id, id, CREATORS[id]))
  const { openAiResponsesModel: mainModel } = config
  const inBackground =
    mainModel === null
      ? []
      : [build(RESPONSES_ENGINE, 'openai', (options) => createResponsesEngine({ ...options, mainModel }))]
  return [
    local,
    draft,
    ...upstreams,
    ...inBackground,
    ...(home?.engines(wire) ?? []),
    ...added.map((engine) => engine.create({ prepareImage })),
  ]
}

type KeyCare = {
  secret: () => string | null
  enteredAt: () => number | null
  refresh: () => Promise<void>
  note: (error: unknown) => void
}

/** The job may be faster than the news of the key with which another process planned it. */
function withKeyCare(engine: Engine, { secret, enteredAt, refresh, note }: KeyCare): Engine {
  return {
    ...engine,
    // Whoever enters the same key again has topped up the account, and wants it to be tried now.
    credential: () => {
      const fingerprint = engine.credential?.() ?? null
      return fingerprint === null ? null : `${fingerprint} ${enteredAt() ?? ''}`
    },
    submit: async (request, context) => {
      if (secret() === null) await refresh()
      const identity = (): string => `${secret()} ${enteredAt()}`
      const used = identity()
      try {
        const answer = await engine.submit(request, context)
        note(null)
        return answer
      } catch (error) {
        // A key that was entered meanwhile is not the one that was refused.
        if (identity() === used) note(error)
        throw error
      }
    },
  }
}
