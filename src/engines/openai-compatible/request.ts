/** From a parsed request to the oldest form of OpenAI's images API, which every server of that kind takes. */
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import type { FormPart } from '../../net/upstream/body.ts'
import { formBody, jsonBody } from '../../net/upstream/body.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import { choosePixels } from '../choose-size.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'

export type CompatibleModel = {
  /** The server's own name of the model. */
  upstream: string
  /** Name of the part with the images; most servers read `image[]`, some only `image`. */
  imageField?: 'image' | 'image[]'
  limits?: SizeLimits
}

const LIMITS: SizeLimits = { step: 16, minSide: 256, maxSide: 4096 }

export function toCompatibleCall({ input, model, images }: AdapterRequest<CompatibleModel>): OutgoingCall {
  const { size, warnings } = choosePixels(input, model.limits ?? LIMITS)
  const pictures = sourcesFirst(images)
  const scalars = {
    model: model.upstream,
    prompt: input.prompt ?? '',
    n: input.count,
    ...(size === null ? {} : { size: `${size.width}x${size.height}` }),
    // The default of some servers is an address on themselves.
    response_format: 'b64_json',
  }
  if (pictures.length === 0) return { path: '/images/generations', body: jsonBody(scalars), warnings }
  const name = model.imageField ?? (pictures.length === 1 ? 'image' : 'image[]')
  const mask = images.find((image) => image.input.role === 'mask')
  const parts: FormPart[] = [
    ...Object.entries(scalars).map(([field, value]) => ({ name: field, value: String(value) })),
    ...pictures.map((image, index) => toPart(image, { name, stem: `image-${index}` })),
    ...(mask === undefined ? [] : [toPart(mask, { name: 'mask', stem: 'mask' })]),
  ]
  return {
    path: '/images/edits',
    body: formBody(parts),
    warnings: [...warnings, ...weightWarnings(pictures, 'the images API')],
  }
}

function toPart(
  { format, path, bytes }: PreparedImage,
  { name, stem }: { name: string; stem: string },
): FormPart {
  return { name, filename: `${stem}.${format}`, contentType: mediaTypeOf(format), content: { path, bytes } }
}
