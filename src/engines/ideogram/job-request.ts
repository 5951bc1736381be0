/** From a parsed request to a form of Ideogram's newer API, which is asked to answer with the number of a job. */
import type { Cost, GenerateInput, Warning } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { formBody } from '../../net/upstream/body.ts'
import { toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { withoutEffect } from '../../net/upstream/shape.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import { toFilePart, toTextParts, weightOf, writeCount, writeSeed } from './form.ts'
import type { IdeogramJobModel } from './job-models.ts'
import { MAX_REFERENCES } from './job-models.ts'

const DEFAULT_QUALITY = 'medium'
const MICRO_USD = 1e6

/** @throws AfterimageError without a picture, and for references too many */
export function toIdeogramJobCall({ input, model, images }: AdapterRequest<IdeogramJobModel>): OutgoingCall {
  const isEdit = model.task === 'precise-edit/ideogram-4-5'
  const mask = isEdit ? images.find((image) => image.input.role === 'mask') : undefined
  const [source, ...references] = sourcesFirst(images)
  if (source === undefined) throw new TypeError('an edit of nothing')
  assertReferences(references, mask === undefined ? MAX_REFERENCES : MAX_REFERENCES - 1)
  const written = [writeSeed(input), writeCount(input)]
  const weight = isEdit || input.strength === null ? {} : { image_weight: weightOf(input.strength) }
  const fields = {
    prompt: input.prompt ?? '',
    ...weight,
    quality: qualityOf(input),
    ...Object.assign({}, ...written.map((part) => part.fields)),
    async: 'true',
  } as Record<string, string | number>
  return {
    path: `/v2/image/${model.task}`,
    body: formBody([
      toFilePart(source, 'image'),
      ...(mask === undefined ? [] : [toFilePart(mask, 'mask')]),
      ...references.map((image) => toFilePart(image, 'reference_images')),
      ...toTextParts(fields),
    ]),
    warnings: [
      ...written.flatMap(({ warnings }) => warnings),
      ...idleCompression(input),
      ...weightWarnings([source, ...references], 'Ideogram'),
    ],
  }
}

/** The list price of so many images; what was charged is in the answer where it depends on more. */
export function priceOfIdeogramJob(input: GenerateInput, { prices }: IdeogramJobModel): Cost {
  const price = prices[qualityOf(input)]
  return price === undefined ? UNKNOWN_COST : toCost(price * input.count * MICRO_USD, 'list_price')
}

function qualityOf({ fields }: GenerateInput): string {
  return typeof fields['quality'] === 'string' ? fields['quality'] : DEFAULT_QUALITY
}

function assertReferences(references: readonly PreparedImage[], max: number): void {
  const surplus = references[max]
  if (surplus !== undefined) throw unfit(surplus.input, `Ideogram takes at most ${max} references here`)
}

/** One name, two meanings: the work that goes into the picture, and the compression of the file. */
function idleCompression({ options }: GenerateInput): Warning[] {
  return options.quality === null
    ? []
    : [withoutEffect('afterimage.quality', 'Ideogram chooses the compression')]
}
