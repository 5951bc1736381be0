/** From a parsed request to a generation of Luma's API. */
import type { GenerateInput } from '../../core/job.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf, unfit } from '../../net/upstream/inputs.ts'
import { nearestRatio, sourceRatio } from '../../net/upstream/shape.ts'
import type { ChosenRatio } from '../choose-size.ts'
import { chooseRatio } from '../choose-size.ts'
import { toBase64 } from '../image-text.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import type { LumaModel } from './models.ts'
import { LUMA_SHAPES } from './models.ts'
import { upstreamOf } from './prices.ts'

type InlineImage = { data: string; media_type: string }

/** @throws AfterimageError for a picture too many */
export async function toLumaCall({ input, model, images }: AdapterRequest<LumaModel>): Promise<OutgoingCall> {
  const pictures = sourcesFirst(images)
  const surplus = pictures[model.maxImages]
  if (surplus !== undefined) throw unfit(surplus.input, `UNI-1 takes at most ${model.maxImages} images`)
  const shape = chooseShape(input, model)
  const { fields } = input
  const body = {
    model: upstreamOf(input),
    type: model.type,
    prompt: input.prompt ?? '',
    ...(await writeImages(pictures, model)),
    ...(shape.ratio === null ? {} : { aspect_ratio: shape.ratio }),
    // The vendor's defaults, said aloud so that a change of them changes nothing here.
    style: fields['style'] === 'manga' ? 'manga' : 'auto',
    output_format: formatOf(input),
    web_search: fields['web_search'] === true,
  }
  return {
    path: '/generations',
    body: jsonBody(body),
    warnings: [...shape.warnings, ...weightWarnings(pictures, 'Luma')],
  }
}

async function writeImages(
  pictures: readonly PreparedImage[],
  { type }: LumaModel,
): Promise<{ source?: InlineImage; image_ref?: readonly InlineImage[] }> {
  const inline: InlineImage[] = []
  for (const picture of pictures)
    inline.push({ data: await toBase64(picture), media_type: mediaTypeOf(picture.format) })
  const [source, ...others] = inline
  const references = type === 'image_edit' ? others : inline
  return {
    ...(type === 'image_edit' && source !== undefined ? { source } : {}),
    ...(references.length === 0 ? {} : { image_ref: references }),
  }
}

/** An edit keeps the shape of its picture by itself; a new image gets that of the first one, or Krea's square. */
function chooseShape(input: GenerateInput, { type }: LumaModel): ChosenRatio {
  const { ratio, warnings } = chooseRatio(input, LUMA_SHAPES)
  if (ratio !== null || type === 'image_edit') return { ratio, warnings }
  return { ratio: nearestRatio(sourceRatio(input) ?? 1, LUMA_SHAPES.ratios), warnings }
}

function formatOf({ options, fields }: GenerateInput): 'png' | 'jpeg' {
  return (options.outputFormat ?? fields['output_format']) === 'jpeg' ? 'jpeg' : 'png'
}
