/** Keeps what lies outside a mask exactly as it was. */
import sharp from 'sharp'
import type { OutputFormat, Warning } from '../../../core/job.ts'
import type { Size } from '../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import type { MaskForm } from '../../../net/upstream/inputs.ts'
import { isOpaque } from '../upscale/transparency.ts'

/** How much of each pixel may change: 0 not at all, 255 fully. */
export type Mask = Size & { data: Uint8Array }

/**
 * Both conventions: with transparency, transparent parts may change (OpenAI); without, white parts may (inpainting).
 * Another size is resized, which softens the edge by at most a pixel.
 */
export async function toMask(raster: Raster, size: Size): Promise<Mask> {
  const { data } = await resizeRaster(raster, size.width, size.height)
  const isByColour = isOpaque(raster)
  const mask = new Uint8Array(size.width * size.height)
  for (let pixel = 0, at = 0; pixel < mask.length; pixel += 1, at += 4) {
    const brightness = ((data[at] ?? 0) * 2 + (data[at + 1] ?? 0) * 5 + (data[at + 2] ?? 0)) / 8
    mask[pixel] = Math.round(isByColour ? brightness : 255 - (data[at + 3] ?? 0))
  }
  return { width: size.width, height: size.height, data: mask }
}

/** Grey and alpha of a pixel that may change so far, 0 to 255. */
const DRAWN: Readonly<Record<MaskForm, (change: number) => readonly [grey: number, alpha: number]>> = {
  transparent: (change) => [0, 255 - change],
  black: (change) => [255 - change, 255],
  white: (change) => [change, 255],
  white_transparent: (change) => [change, 255 - change],
}

/** A picture of a mask. */
export function drawMask(mask: Mask, form: MaskForm): Raster {
  const raster = createRaster(mask.width, mask.height)
  for (const [pixel, change] of mask.data.entries()) {
    const [grey, alpha] = DRAWN[form](change)
    raster.data.set([grey, grey, grey, alpha], pixel * 4)
  }
  return raster
}

/** Of the shorter side: wide enough that a slight change of tone has no edge, narrow enough to lose no detail. */
const FEATHER = 0.006
/** A mask that would lose more than this of itself is too thin for so wide an edge. */
const MIN_LEFT = 0.7

/**
 * Softens the edge inwards: what was outside stays outside to the last bit, and the change fades in over some pixels.
 */
export async function featherMask(mask: Mask): Promise<Mask> {
  const all = sumOf(mask.data)
  for (let sigma = Math.min(mask.width, mask.height) * FEATHER; sigma >= 0.5; sigma /= 2) {
    const feathered = await fadeInwards(mask, sigma)
    if (sumOf(feathered.data) >= all * MIN_LEFT) return feathered
  }
  return mask
}

/** Half of a blurred edge lies outside; the half inside is stretched over the whole range. */
async function fadeInwards({ width, height, data }: Mask, sigma: number): Promise<Mask> {
  const blurred = await sharp(data, { raw: { width, height, channels: 1 } })
    .blur(sigma)
    .extractChannel(0)
    .raw()
    .toBuffer()
  const faded = data.map((change, pixel) => Math.min(change, Math.max(0, 2 * (blurred[pixel] ?? 0) - 255)))
  return { width, height, data: faded }
}

function sumOf(data: Uint8Array): number {
  return data.reduce((sum, change) => sum + change, 0)
}

/** `edited` where the mask says so, `source` bit for bit where it is 0, mixed between. All of one size. */
export function mergeMasked(source: Raster, edited: Raster, mask: Mask): Raster {
  const result = createRaster(source.width, source.height)
  for (let at = 0; at < result.data.length; at += 1) {
    const share = (mask.data[at >> 2] ?? 0) / 255
    const kept = source.data[at] ?? 0
    result.data[at] = Math.round(kept + ((edited.data[at] ?? 0) - kept) * share)
  }
  return result
}

/**
 * What stood outside the mask is the same in pixels; a lossy file or another size is not the same in bits.
 * @param format null: one that keeps every bit
 */
export function explainInexact(
  { source, result, format }: { source: Size; result: Size; format: OutputFormat | null },
  path: string,
): Warning[] {
  const isMoved = result.width !== source.width || result.height !== source.height
  const isLossy = format !== null && format !== 'png'
  if (!isMoved && !isLossy) return []
  const because = isMoved ? 'the result has another size' : `${format} is a lossy format`
  const message = `Outside the mask the picture is the source, but not bit for bit: ${because}.`
  return [{ code: 'precise_edit_inexact', path, message }]
}

/** `share` of `edited`, the rest of `source`; one size, alpha included. */
export function mixWithSource(source: Raster, edited: Raster, share: number): Raster {
  const everywhere = new Uint8Array(source.width * source.height).fill(Math.round(share * 255))
  return mergeMasked(source, edited, { width: source.width, height: source.height, data: everywhere })
}
