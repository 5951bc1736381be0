/** From a parsed request to a `generateContent` call. */
import { readFile } from 'node:fs/promises'
import type { GenerateInput, Warning } from '../../core/job.ts'
import { jsonBody } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf, unfit } from '../../net/upstream/inputs.ts'
import { adjusted, withoutEffect } from '../../net/upstream/shape.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { chooseConfig } from './image-config.ts'
import type { GoogleModel } from './models.ts'

type Part = { inlineData: { mimeType: string; data: string } } | { text: string }

/** The API takes 20 MB in all; a quarter goes to base64, a little to the rest. */
export const MAX_INLINE_BYTES = 14 * 1024 * 1024
const MAX_SEED = 2 ** 31 - 1

export async function toGoogleCall({
  input,
  model,
  images,
}: AdapterRequest<GoogleModel>): Promise<OutgoingCall> {
  const { used, warnings } = usedImages(images)
  assertTotal(used)
  const shape = chooseConfig(input, model)
  const seed = chooseSeed(input)
  const parts = [...(await imageParts(used)), ...styleHints(used), { text: input.prompt ?? '' }]
  const generationConfig = {
    responseModalities: ['IMAGE'],
    ...(shape.config === null ? {} : { imageConfig: shape.config }),
    ...(seed.value === null ? {} : { seed: seed.value }),
  }
  return {
    path: `/models/${encodeURIComponent(model.upstream)}:generateContent`,
    body: jsonBody({ contents: [{ role: 'user', parts }], generationConfig }),
    warnings: [...warnings, ...shape.warnings, ...seed.warnings],
  }
}

/** Krea's rule: style images count only where there is no other image. The plan already warned of a mask. */
function usedImages(images: readonly PreparedImage[]): {
  used: readonly PreparedImage[]
  warnings: readonly Warning[]
} {
  const pictures = images.filter(({ input }) => input.role !== 'mask')
  const others = pictures.filter((image) => !isStyle(image))
  if (others.length === 0) return { used: pictures, warnings: [] }
  const ignored = pictures.filter(isStyle)
  return {
    used: others,
    warnings:
      ignored.length === 0
        ? []
        : [withoutEffect('style_images', 'this model uses them only when there is no other image')],
  }
}

function isStyle({ input }: PreparedImage): boolean {
  return input.role === 'style' || input.role === 'style_reference'
}

function assertTotal(images: readonly PreparedImage[]): void {
  const total = images.reduce((sum, { bytes }) => sum + bytes, 0)
  const [first] = images
  if (first !== undefined && total > MAX_INLINE_BYTES)
    throw unfit(
      first.input,
      `all images together have ${total} bytes; Gemini takes at most ${MAX_INLINE_BYTES}`,
    )
}

async function imageParts(images: readonly PreparedImage[]): Promise<Part[]> {
  const parts: Part[] = []
  for (const { path, format } of images) {
    const data = (await readFile(path)).toString('base64')
    parts.push({ inlineData: { mimeType: mediaTypeOf(format), data } })
  }
  return parts
}

/** Gemini has no field for a style; words behind the images say which ones are meant, and how strongly. */
function styleHints(images: readonly PreparedImage[]): Part[] {
  return images.flatMap((image, index) => {
    if (!isStyle(image)) return []
    const { strength } = image.input
    const weight = strength === null ? '' : `, with strength ${strength} on a scale from -2 to 2`
    return [{ text: `Image ${index + 1} is a style reference: take its style, not its content${weight}.` }]
  })
}

/** A seed that we drew ourselves is left out: it would promise a repeatability that nobody asked for. */
function chooseSeed({ seed, isSeedGiven }: GenerateInput): {
  value: number | null
  warnings: readonly Warning[]
} {
  if (!isSeedGiven) return { value: null, warnings: [] }
  const value = seed % (MAX_SEED + 1)
  const isSame = value === seed
  return { value, warnings: isSame ? [] : [adjusted('seed', { asked: `${seed}`, used: `${value}` })] }
}
