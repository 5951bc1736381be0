/** What a server would do for a model now, by the engines that are there. Says the same as `planJob` does of one request. */
import type { Operation } from './job.ts'
import type { CatalogueModel, EngineOffer } from './ports.ts'

export type ServedScene = {
  model: Pick<CatalogueModel, 'id' | 'engines'>
  /** What its requests can ask for. */
  asked: readonly Operation[]
  /** Every engine of this server, drafts included. */
  offers: readonly EngineOffer[]
  isDraftEnabled: boolean
}

/** Whether an engine does anything of what the model can be asked for. */
export function canServe(
  offer: EngineOffer,
  { model, asked }: Pick<ServedScene, 'model' | 'asked'>,
): boolean {
  const operations = offer.capabilities(model.id)?.operations ?? []
  return asked.some((operation) => operations.includes(operation))
}

/** Those of `asked` that an engine would do; all of them while none would do any, for then they are what it will do. */
export function servedOperations({
  model,
  asked,
  offers,
  isDraftEnabled,
}: ServedScene): readonly Operation[] {
  const listed = model.engines.flatMap((id) => offers.find((offer) => offer.id === id) ?? [])
  const doing = (operation: Operation): EngineOffer[] =>
    listed.filter((offer) => canServe(offer, { model, asked: [operation] }))
  // Whoever set up an engine that needs a picture does not want drafts without one.
  const isSetUp = listed.some((offer) => !offer.isDraft && offer.capabilities(model.id) !== null)
  const served = asked.filter((operation) => {
    const engines = doing(operation)
    const mayDraft = isDraftEnabled && !(operation === 'generate' && isSetUp)
    return engines.some(({ isDraft }) => !isDraft || mayDraft)
  })
  return served.length === 0 ? asked : served
}
