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

/** An image of an answer: inline, or left at an address. */
export type AnsweredImage = { base64: string } | { url: string }

/** What an answer holds; a verdict when it is a refusal or of no use. */
export type Reading =
  | { images: readonly AnsweredImage[]; cost: Cost | null; warnings?: readonly Warning[] }
  | { verdict: Verdict }

/** Everything that differs between vendors, whichever way their answers come. All members but `toCall` are pure. */
export type Adapter<Model> = Vendor & {
  id: string
  queue: string
  models: Readonly<Record<string, Model>>
  capabilities: (model: Model) => Capabilities
  imageNeeds: ImageNeeds
  /** @throws AfterimageError for what the vendor would refuse */
  toCall: (request: AdapterRequest<Model>) => OutgoingCall | Promise<OutgoingCall>
  estimate: (input: GenerateInput, model: Model) => Cost
}
