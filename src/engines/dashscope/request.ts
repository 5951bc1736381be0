/** From a parsed request to a multimodal generation of DashScope. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { sizeForResolution } from '../../imaging/geometry.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import { fitSize } from '../../net/upstream/fit-size.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import { adjusted, sourceRatio } from '../../net/upstream/shape.ts'
import { choosePixels } from '../choose-size.ts'
import { toDataUri } from '../image-text.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import type { DashScopeModel } from './models.ts'
import { DASHSCOPE_MAX_COUNT, DASHSCOPE_SIZES } from './models.ts'

type Written = { fields: Readonly<Record<string, unknown>>; warnings: readonly Warning[] }

const MAX_SEED = 2 ** 31 - 1
const NOTHING: Written = { fields: {}, warnings: [] }

/** @throws AfterimageError for a picture too many */
export async function toDashScopeCall({
  input,
  model,
  images,
}: AdapterRequest<DashScopeModel>): Promise<OutgoingCall> {
  const pictures = sourcesFirst(images)
  const surplus = pictures[model.maxImages]
  if (surplus !== undefined)
    throw unfit(surplus.input, `${model.upstream} takes at most ${model.maxImages} images`)
  const content: object[] = []
  for (const picture of pictures) content.push({ image: await toDataUri(picture) })
  content.push({ text: input.prompt ?? '' })
  const written = [writeCount(input), writeSize(input), writeNegative(input), writeSeed(input)]
  const parameters = {
    ...(Object.assign({}, ...written.map(({ fields }) => fields)) as Written['fields']),
    prompt_extend: input.fields['skip_prompt_expansion'] !== true,
    watermark: false,
  }
  return {
    path: '/services/aigc/multimodal-generation/generation',
    body: jsonBody({ model: model.upstream, input: { messages: [{ role: 'user', content }] }, parameters }),
    warnings: [...written.flatMap(({ warnings }) => warnings), ...weightWarnings(pictures, 'DashScope')],
  }
}

function writeCount({ count }: GenerateInput): Written {
  const n = Math.min(count, DASHSCOPE_MAX_COUNT)
  return {
    fields: { n },
    warnings: n === count ? [] : [adjusted('count', { asked: `${count}`, used: `${n}` })],
  }
}

/**
 * Left to themselves these models follow the last picture, or the prompt; the shape of the first one is what an edit
 * promises.
 */
function writeSize(input: GenerateInput): Written {
  const { size, warnings } = choosePixels(input, DASHSCOPE_SIZES)
  const used = size ?? sizeOfFirst(input)
  return { fields: used === null ? {} : { size: `${used.width}*${used.height}` }, warnings }
}

function sizeOfFirst(input: GenerateInput): Size | null {
  const ratio = sourceRatio(input)
  const like = ratio === null ? null : sizeForResolution('1K', ratio)
  return like === null ? null : fitSize(like, DASHSCOPE_SIZES)
}

function writeNegative({ fields }: GenerateInput): Written {
  const words = fields['negative_prompt']
  return typeof words === 'string' && words !== ''
    ? { fields: { negative_prompt: words }, warnings: [] }
    : NOTHING
}

function writeSeed({ seed, isSeedGiven }: GenerateInput): Written {
  // A seed that nobody asked for would promise a repeatability that nobody asked for.
  if (!isSeedGiven) return NOTHING
  const used = seed % (MAX_SEED + 1)
  const warnings = used === seed ? [] : [adjusted('seed', { asked: `${seed}`, used: `${used}` })]
  return { fields: { seed: used }, warnings }
}
