/** Decides which engine makes an image, what it costs, and what becomes of every field. Pure: the same for submit, dry run and run. */
import type { Capabilities, Support } from './engine.ts'
import { emulatedReason, emulatedWarning } from './emulation.ts'
import type { ErrorDetails, Issue } from './errors.ts'
import { AfterimageError, fieldError } from './errors.ts'
import type { Cost, GenerateInput, Plan, Warning } from './job.ts'
import { isSizeBeyondUs, sizeBeyondUsWarning } from './output-limits.ts'
import type { CatalogueModel, EngineOffer } from './ports.ts'
import { UNCONFIGURED_ENGINE, UNCONFIGURED_QUEUE } from './unconfigured-engine.ts'
import { toImageField, usedFields } from './used-fields.ts'

export type PlanRequest = {
  model: CatalogueModel
  input: GenerateInput
  /** Every engine of this server, drafts included. */
  offers: readonly EngineOffer[]
  /** Whether the built-in engine may stand in for a model that has no other engine. */
  isDraftEnabled: boolean
  /** Takes this engine or none; null leaves the choice to the model's order. */
  engine: string | null
}

type Route = { offer: EngineOffer; capabilities: Capabilities }

/** What nobody published is unknown, never free. */
const UNKNOWN_COST: Cost = { microUsd: null, basis: 'unknown', computeUnits: null }

/**
 * Routes, prices and accounts for every field that the caller set: honoured by the engine, or a warning, or with
 * `on_unsupported: error` a refusal that lists all of them.
 * Without any engine the plan leads to `UNCONFIGURED_ENGINE`, which fails the job with the variable to set.
 * @throws AfterimageError `invalid_request` (unknown engine, no picture, too many images), `unsupported_field`
 */
export function planJob(request: PlanRequest): Plan {
  const route = request.engine === null ? chooseRoute(request) : namedRoute(request, request.engine)
  if (request.engine === null && (route === null || route.offer.isDraft)) assertPictureGiven(request)
  if (route === null)
    return { engine: UNCONFIGURED_ENGINE, queue: UNCONFIGURED_QUEUE, warnings: [], estimate: UNKNOWN_COST }
  const { offer, capabilities } = route
  assertImageCount(request.input, route)
  return {
    engine: offer.id,
    queue: offer.queue,
    warnings: accountForFields(request.input, { offer, capabilities }),
    estimate: offer.estimate?.(request.input) ?? request.model.price(request.input),
  }
}

/** The first engine in the model's order that can do the operation; a draft only where no other engine is configured. */
function chooseRoute({ model, input, offers, isDraftEnabled }: PlanRequest): Route | null {
  const routes = model.engines.flatMap((id) => toRoute(offers, { id, model, input }) ?? [])
  const isServed = routes.some(({ offer }) => !offer.isDraft)
  return routes.find(({ offer }) => (offer.isDraft ? isDraftEnabled && !isServed : true)) ?? null
}

/**
 * Without a picture, what the operator configured for this model may have nothing to work on, as a ComfyUI workflow that
 * loads one. Then neither a draft nor the advice to set another engine's key is what the caller needs to hear.
 */
function assertPictureGiven({ model, input, offers }: PlanRequest): void {
  if (input.operation !== 'generate' || input.images.length > 0) return
  const needing = model.engines.filter((id) => {
    const offer = offers.find((candidate) => candidate.id === id)
    return offer !== undefined && !offer.isDraft && offer.capabilities(model.id) !== null
  })
  if (needing.length === 0) return
  throw fieldError('invalid_request', {
    path: model.pictureField ?? 'body',
    message:
      `${model.id} runs on ${needing.join(', ')} here, which needs a picture to work on; found none. ` +
      `Send one in this field; GET /models/${model.id} tells what it takes.`,
  })
}

/** Ids of the engines that can do what is asked, drafts left out, in the model's order. */
export function servingEngines({
  model,
  input,
  offers,
}: Pick<PlanRequest, 'model' | 'input' | 'offers'>): string[] {
  return model.engines
    .flatMap((id) => toRoute(offers, { id, model, input }) ?? [])
    .filter(({ offer }) => !offer.isDraft)
    .map(({ offer }) => offer.id)
}

function namedRoute({ model, input, offers, isDraftEnabled }: PlanRequest, id: string): Route {
  const usable = offers.filter((offer) => !offer.isDraft || isDraftEnabled)
  const ids = model.engines.filter((engine) => toRoute(usable, { id: engine, model, input }) !== null)
  const route = ids.includes(id) ? toRoute(usable, { id, model, input }) : null
  if (route !== null) return route
  const allowed = ids.length === 0 ? 'none is configured' : `allowed: ${ids.join(', ')}`
  throw fieldError('invalid_request', {
    path: 'X-Afterimage-Engine',
    message: `"${id.slice(0, 80)}" cannot run ${model.id} on this server; ${allowed}.`,
  })
}

function toRoute(
  offers: readonly EngineOffer[],
  { id, model, input }: { id: string; model: CatalogueModel; input: GenerateInput },
): Route | null {
  const offer = offers.find((candidate) => candidate.id === id)
  const capabilities = offer?.capabilities(model.id) ?? null
  if (offer === undefined || capabilities === null) return null
  return capabilities.operations.includes(input.operation) ? { offer, capabilities } : null
}

/** A mask is no picture to work on, and what comes by a field that the engine lacks is warned of and left out. */
function assertImageCount(input: GenerateInput, { offer, capabilities }: Route): void {
  const { maxImages } = capabilities
  const images = input.images.filter(
    ({ role, path }) =>
      role !== 'mask' && supportOf(capabilities, toImageField(path).field, null) !== 'unsupported',
  )
  const first = images[maxImages]
  if (first === undefined) return
  const message = `${offer.id} takes at most ${maxImages} images, found ${images.length}`
  const issues = [{ path: first.path, message, code: 'too_many_images' }]
  throw new AfterimageError('invalid_request', `${first.path}: ${message}.`, { issues })
}

/** How each field fared, in the order in which the caller's fields are known. */
function accountForFields(input: GenerateInput, { offer, capabilities }: Route): Warning[] {
  const engine = offer.id
  const { onUnsupported } = input.options
  const treated = usedFields(input).map(({ field, path, format, isOff }) => {
    const support = supportOf(capabilities, field, format)
    const isOurs = onUnsupported === 'emulate'
    if (isOurs && isSizeBeyondUs({ field, support }, input))
      return { path, isOff, support: 'beyond_us' as const, reason: undefined }
    const own = support === 'unsupported' && isOurs ? emulatedReason({ field, path }, input) : null
    const reason = own ?? capabilities.reasons?.[field]
    return { path, isOff, support: own === null ? support : ('emulated' as const), reason }
  })
  const unsupported = treated.filter(({ support, isOff }) => support === 'unsupported' && !isOff)
  const refused = unsupported.map((field) => unsupportedText(field, engine))
  if (onUnsupported === 'error') assertNothing([...refused, ...(offer.foresee?.(input) ?? [])])
  return treated.flatMap(({ path, reason, support, isOff }): Warning[] => {
    if (support === 'beyond_us') return [sizeBeyondUsWarning(path)]
    if (support === 'unsupported') return isOff ? [] : [unsupportedText({ path, reason }, engine)]
    return support === 'emulated' ? [emulatedWarning(path, { engine, input, reason })] : []
  })
}

function supportOf(capabilities: Capabilities, field: string, format: string | null): Support {
  const formats: readonly string[] = capabilities.outputFormats
  if (format !== null && !formats.includes(format)) return 'unsupported'
  // Own members only: a field named like a member of every object must not look supported.
  return Object.hasOwn(capabilities.fields, field)
    ? (capabilities.fields[field] ?? 'unsupported')
    : 'unsupported'
}

type Treated = { path: string; reason: string | undefined }

function unsupportedText({ path, reason }: Treated, engine: string): Issue {
  const because = reason === undefined ? '' : `: ${reason}`
  return {
    code: 'unsupported_field',
    path,
    message: `\`${path}\` has no effect on ${engine}${because}`,
  }
}

/** @throws AfterimageError `unsupported_field` that lists what cannot be honoured */
function assertNothing(issues: readonly Issue[]): void {
  if (issues.length === 0) return
  const details: ErrorDetails = { issues }
  const list = issues.map(({ message }) => message.replace(/\.$/u, '')).join('; ')
  throw new AfterimageError(
    'unsupported_field',
    `${list}. Leave it out or use on_unsupported "warn".`,
    details,
  )
}
