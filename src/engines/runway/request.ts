/** From a parsed request to a task of Runway's API. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { chooseNearest, nearestSize } from '../choose-size.ts'
import { toDataUri } from '../image-text.ts'
import { weightWarnings, withoutMask } from '../pictures.ts'
import type { RunwayModel } from './models.ts'

/** Krea documents it for a request without a size; the vendor requires one. */
const UNASKED_SIZE: Size = { width: 1024, height: 1024 }

/** @throws AfterimageError for an image too many */
export async function toRunwayCall({
  input,
  model,
  images,
}: AdapterRequest<RunwayModel>): Promise<OutgoingCall> {
  const pictures = withoutMask(images)
  const surplus = pictures[model.maxImages]
  if (surplus !== undefined)
    throw unfit(surplus.input, `${model.upstream} takes at most ${model.maxImages} references`)
  const { size, warnings } = chooseRunwaySize(input, model)
  const references = await Promise.all(pictures.map(toReference))
  const body = {
    model: model.upstream,
    promptText: input.prompt ?? '',
    ratio: `${size.width}:${size.height}`,
    // A seed that nobody asked for would promise a repeatability that nobody asked for.
    ...(input.isSeedGiven ? { seed: input.seed } : {}),
    ...(references.length === 0 ? {} : { referenceImages: references }),
    contentModeration: { publicFigureThreshold: 'auto' },
  }
  return {
    path: '/text_to_image',
    body: jsonBody(body),
    warnings: [...warnings, ...weightWarnings(pictures, 'Runway')],
  }
}

/** One of the sizes that the model makes; nearest in shape, then in pixels. */
export function chooseRunwaySize(
  input: GenerateInput,
  { sizes }: RunwayModel,
): { size: Size; warnings: readonly Warning[] } {
  const { size, warnings } = chooseNearest(input, (wanted) => nearestSize(sizes, wanted))
  return { size: size ?? UNASKED_SIZE, warnings }
}

async function toReference(image: PreparedImage): Promise<{ uri: string; tag?: string }> {
  const uri = await toDataUri(image)
  const { tag } = image.input
  return tag === null ? { uri } : { uri, tag }
}
