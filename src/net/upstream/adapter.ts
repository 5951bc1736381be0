/** What an engine's own folder has to say about its vendor; everything else is done for it here. */
import type { Capabilities } from '../../core/engine.ts'
import type { Cost, GenerateInput, Warning } from '../../core/job.ts'
import type { UpstreamBody } from './body.ts'
import type { UpstreamClientOptions } from './client.ts'
import type { ImageNeeds, PreparedImage } from './inputs.ts'
import type { Verdict } from './verdict.ts'

/** How the vendor is reached. */
export type Vendor = Pick<
  UpstreamClientOptions,
  'vendor' | 'secretVariable' | 'origin' | 'trustedSuffixes' | 'authorize' | 'readVerdict'
>

/** What a vendor's request is made from. */
export type AdapterRequest<Model> = {
  jobId: string
  input: GenerateInput
  model: Model
  /** In the order of `input.images`. */
  images: readonly PreparedImage[]
  /** Whether somebody takes unfinished pictures; asked for only then, because vendors charge for them. */
  arePreviewsTaken: boolean
}

/** The one billable call. */
export type OutgoingCall = {
  path: string
  body: UpstreamBody
  headers?: Readonly<Record<string, string>>
  warnings: readonly Warning[]
  /** True when the answer may be a stream of events. */
  isStream?: boolean
}

/**
 * An image of an answer: inline, left at an address, or behind a call of the vendor's own API that takes the
 * credentials (`path`: below the configured address).
 */
export type AnsweredImage = { base64: string } | { url: string } | { path: string }

/** What an answer holds; a verdict when it is a refusal or of no use. */
export type Reading =
  | { images: readonly AnsweredImage[]; cost: Cost | null; warnings?: readonly Warning[] }
  | { verdict: Verdict }

/** What every adapter says, whichever way its answers come. All members are pure. */
export type AdapterCommon<Model> = Vendor & {
  id: string
  queue: string
  /** True where a job may be submitted again after a crash: engines at home, whose calls cost nothing. */
  isRepeatable?: boolean
  models: Readonly<Record<string, Model>>
  capabilities: (model: Model) => Capabilities
  imageNeeds: ImageNeeds
  estimate: (input: GenerateInput, model: Model) => Cost
}

/** Everything that differs between vendors that answer at once. */
export type Adapter<Model> = AdapterCommon<Model> & {
  /** @throws AfterimageError for what the vendor would refuse */
  toCall: (request: AdapterRequest<Model>) => OutgoingCall | Promise<OutgoingCall>
}
