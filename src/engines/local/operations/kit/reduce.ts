import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { enlargeRaster } from '../../../../imaging/lanczos.ts'

/**
 * Any size, synchronously: reductions average exactly the area each target pixel covers, enlargements are Lanczos3.
 * Alpha is premultiplied while averaging.
 */
export function resampleRaster(raster: Raster, width: number, height: number): Raster {
  const reduced = reduce(raster, Math.min(width, raster.width), Math.min(height, raster.height))
  return enlargeRaster(reduced, width, height)
}

function reduce(raster: Raster, width: number, height: number): Raster {
  if (width === raster.width && height === raster.height) return raster
  const across = averageAlong(premultiply(raster), {
    from: raster.width,
    to: width,
    lines: raster.height,
    step: 4,
    lineStep: raster.width * 4,
    outLineStep: width * 4,
    outStep: 4,
  })
  const down = averageAlong(across, {
    from: raster.height,
    to: height,
    lines: width,
    step: width * 4,
    lineStep: 4,
    outLineStep: 4,
    outStep: width * 4,
  })
  return unpremultiply(down, width, height)
}

function premultiply({ data }: Raster): Float32Array {
  const result = new Float32Array(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0
    for (let channel = 0; channel < 3; channel += 1)
      result[at + channel] = ((data[at + channel] ?? 0) * alpha) / 255
    result[at + 3] = alpha
  }
  return result
}

function unpremultiply(values: Float32Array, width: number, height: number): Raster {
  const result = createRaster(width, height)
  for (let at = 0; at < values.length; at += 4) {
    const alpha = values[at + 3] ?? 0
    const scale = alpha > 0 ? 255 / alpha : 0
    for (let channel = 0; channel < 3; channel += 1)
      result.data[at + channel] = Math.min(255, Math.round((values[at + channel] ?? 0) * scale))
    result.data[at + 3] = Math.round(alpha)
  }
  return result
}

type Walk = {
  from: number
  to: number
  lines: number
  step: number
  lineStep: number
  outStep: number
  outLineStep: number
}

function averageAlong(values: Float32Array, walk: Walk): Float32Array {
  const { from, to, lines, step, lineStep, outStep, outLineStep } = walk
  const result = new Float32Array(to * lines * 4)
  const scale = from / to
  for (let target = 0; target < to; target += 1) {
    const [start, end] = [target * scale, Math.min(from, (target + 1) * scale)]
    for (let source = Math.floor(start); source < end - 1e-9; source += 1) {
      const share = (Math.min(end, source + 1) - Math.max(start, source)) / scale
      for (let line = 0; line < lines; line += 1) {
        const read = line * lineStep + source * step
        const write = line * outLineStep + target * outStep
        for (let channel = 0; channel < 4; channel += 1)
          result[write + channel] = (result[write + channel] ?? 0) + (values[read + channel] ?? 0) * share
      }
    }
  }
  return result
}
