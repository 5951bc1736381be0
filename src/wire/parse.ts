/** From the caller's JSON to what core understands, by the model's own fields. */
import type { Model } from '../catalogue/index.ts'
import { isImageField } from '../catalogue/index.ts'
import { modelUnavailable } from '../catalogue/retirement.ts'
import type { GenerateInput, ImageSource, OnUnsupported, Warning } from '../core/job.ts'
import { commonWarnings, readCommon } from './parsing/common.ts'
import { readFields } from './parsing/fields.ts'
import type { Issues } from './parsing/issues.ts'
import { createIssues } from './parsing/issues.ts'
import { parseOptions } from './parsing/options.ts'
import { isRecord } from './parsing/record.ts'
import { toSeed } from './parsing/seed.ts'
import { wrongType } from './parsing/values.ts'
import type { CompatMode } from './types.ts'

/** The largest model has about twenty fields; a body may bring millions, and each would cost a search. */
const MAX_MEMBERS = 200

export type ParseRequest = {
  model: Model
  /** As it came out of JSON.parse; may be anything. */
  body: unknown
  mode: CompatMode
  /** Draws a seed for a request that gives none. */
  newSeed: () => number
  /** `on_unsupported` of a request that does not say; `warn` when left out. */
  onUnsupported?: OnUnsupported
}

export type ParsedGenerate = {
  input: Omit<GenerateInput, 'images'>
  sources: ImageSource[]
  /** The job that this one says it goes on from; null when it says none. */
  parentJobId: string | null
  /** Compatibility rules that this request needed, as ASCII words (`imageUrls->image_urls`); empty for a plain one. */
  applied: string[]
  warnings: Warning[]
}

/**
 * Reads a generate request. All faults are found and told at once. Pure but for `newSeed`: the same request gives the
 * same result. `input.fields` holds everything that was set, except images, under the field's canonical name.
 * @throws AfterimageError `invalid_request` with an issue for each fault, `model_unavailable` after a model's sunset
 */
export function parseGenerate({
  model,
  body,
  mode,
  newSeed,
  onUnsupported = 'warn',
}: ParseRequest): ParsedGenerate {
  if (model.retirement !== null) throw modelUnavailable(model.id, model.retirement)
  const issues = createIssues()
  const read = readFields({ model, mode, issues, body: readBody(body, issues) })
  const { options, mask, parentJobId } = parseOptions(read.extension, { issues, onUnsupported })
  const sources = mask === null ? read.sources : [...read.sources, mask]
  assertMaskHasSource(model, sources, issues)
  issues.throwIfAny()
  const seed = read.fields['seed']
  return {
    input: {
      model: model.id,
      operation: operationOf(model, sources),
      ...readCommon(model, read.fields),
      seed: typeof seed === 'number' ? seed : toSeed(newSeed()),
      isSeedGiven: typeof seed === 'number',
      fields: read.fields,
      options,
    },
    sources,
    parentJobId,
    applied: read.applied,
    warnings: [...issues.warnings, ...commonWarnings(read.fields)],
  }
}

/** Anything else is refused alone: to list what it lacks besides would help nobody. */
function readBody(body: unknown, issues: Issues): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) wrongType({ path: '', issues }, 'a JSON object with the fields of the model', body)
  else if (Object.keys(body).length > MAX_MEMBERS)
    issues.add(
      '',
      'too_many',
      `found ${Object.keys(body).length} fields; no model has more than ${MAX_MEMBERS}`,
    )
  issues.throwIfAny()
  return isRecord(body) ? body : {}
}

function operationOf({ operations }: Model, sources: readonly ImageSource[]): GenerateInput['operation'] {
  const hasImage = sources.some(({ role }) => role !== 'mask')
  return hasImage ? operations.withImage : (operations.withoutImage ?? operations.withImage)
}

function assertMaskHasSource(model: Model, sources: readonly ImageSource[], issues: Issues): void {
  const [only, ...others] = sources
  if (only?.role !== 'mask' || others.length > 0) return
  const names = model.fields.filter(isImageField).map(({ name }) => name)
  const way = names.length === 0 ? 'this model takes no picture' : `give ${names.join(' or ')} too`
  issues.add(only.path, 'invalid_value', `a mask needs a picture to lie on; ${way}`)
}
