/** Sizes and boxes, in whole pixels. Pure; nothing here touches an image. */

export type Size = { width: number; height: number }
export type Box = Size & { left: number; top: number }

/** Named resolutions to the side of a square with as many pixels. */
const RESOLUTIONS: Readonly<Record<string, number>> = { '512': 512, '1K': 1024, '2K': 2048, '4K': 4096 }
/** The engines' encoders and networks work in blocks of this size. */
const RESOLUTION_STEP = 16

/** Width divided by height. */
export function ratioOf({ width, height }: Size): number {
  return width / height
}

/**
 * `16:9`, `16x9`, `16/9` or `1.78` as width divided by height; null when it is none of these or beyond 1:20.
 */
export function parseAspectRatio(text: string): number | null {
  const match = /^\s*(\d{1,5}(?:\.\d{1,6})?)\s*(?:[:x×/]\s*(\d{1,5}(?:\.\d{1,6})?)\s*)?$/u.exec(
    text.toLowerCase(),
  )
  if (match === null) return null
  const ratio = Number(match[1]) / Number(match[2] ?? 1)
  return ratio >= 1 / 20 && ratio <= 20 ? ratio : null
}

/** The multiple nearest to a value, never 0. */
export function nearestMultiple(value: number, step: number): number {
  return Math.max(step, Math.round(value / step) * step)
}

/**
 * The size with this aspect that has about as many pixels as the named square (`1K` is 1024 x 1024),
 * both sides multiples of 16. Null for an unknown name.
 */
export function sizeForResolution(resolution: string, ratio: number): Size | null {
  const side = RESOLUTIONS[resolution.toUpperCase()]
  if (side === undefined) return null
  return {
    width: nearestMultiple(side * Math.sqrt(ratio), RESOLUTION_STEP),
    height: nearestMultiple(side / Math.sqrt(ratio), RESOLUTION_STEP),
  }
}

/** The size of the same aspect that touches the bounds from inside; never larger than the source. */
export function fitWithin(size: Size, bounds: Size): Size {
  return scaleBy(size, Math.min(1, bounds.width / size.width, bounds.height / size.height))
}

/** The size of the same aspect that covers the bounds; may be larger than the source. */
export function fitCovering(size: Size, bounds: Size): Size {
  const factor = Math.max(bounds.width / size.width, bounds.height / size.height)
  const { width, height } = scaleBy(size, factor)
  return { width: Math.max(width, bounds.width), height: Math.max(height, bounds.height) }
}

/** Both sides times a factor, rounded, at least 1. */
export function scaleBy({ width, height }: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** The size of the same aspect with at most this many pixels; unchanged when it has fewer. */
export function fitPixels(size: Size, maxPixels: number): Size {
  const pixels = size.width * size.height
  if (pixels <= maxPixels) return { width: size.width, height: size.height }
  const factor = Math.sqrt(maxPixels / pixels)
  return {
    width: Math.max(1, Math.floor(size.width * factor)),
    height: Math.max(1, Math.floor(size.height * factor)),
  }
}

/** The largest box of an aspect inside a size; `anchor` 0 is left or top, 0.5 the centre, 1 right or bottom. */
export function cropBox(
  size: Size,
  ratio: number,
  anchor: { x: number; y: number } = { x: 0.5, y: 0.5 },
): Box {
  const width = Math.max(1, Math.min(size.width, Math.round(size.height * ratio)))
  const height = Math.max(1, Math.min(size.height, Math.round(size.width / ratio)))
  return {
    left: Math.round((size.width - width) * anchor.x),
    top: Math.round((size.height - height) * anchor.y),
    width,
    height,
  }
}

/**
 * The smallest canvas of an aspect around a size. `left` and `top` say where the picture lies on it,
 * `width` and `height` are the canvas.
 */
export function extendBox(
  size: Size,
  ratio: number,
  anchor: { x: number; y: number } = { x: 0.5, y: 0.5 },
): Box {
  const width = Math.max(size.width, Math.round(size.height * ratio))
  const height = Math.max(size.height, Math.round(size.width / ratio))
  return {
    left: Math.round((width - size.width) * anchor.x),
    top: Math.round((height - size.height) * anchor.y),
    width,
    height,
  }
}
