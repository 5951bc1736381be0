/** Writes pixels: every effect ends here. */
import type { Size } from '../../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { toSrgb, type Lab, type Triple } from './colour.ts'

/** Writes the colour of one pixel into `out`. */
export type Shade = (out: Triple, at: number) => void

/** An opaque raster; `shade` writes sRGB 0 to 1, anything outside is clipped. */
export function paintSrgb({ width, height }: Size, shade: Shade): Raster {
  const raster = createRaster(width, height)
  const out = new Float32Array(3)
  for (let pixel = 0, at = 0; pixel < width * height; pixel += 1, at += 4) {
    shade(out, pixel)
    raster.data[at] = byteOf(out[0] ?? 0)
    raster.data[at + 1] = byteOf(out[1] ?? 0)
    raster.data[at + 2] = byteOf(out[2] ?? 0)
    raster.data[at + 3] = 255
  }
  return raster
}

/** An opaque raster; `shade` finds the pixel's OKLab colour in `out` and may change it. */
export function paintLab(lab: Lab, shade: Shade = () => {}): Raster {
  return paintSrgb(lab, (out, at) => {
    out[0] = lab.l[at] ?? 0
    out[1] = lab.a[at] ?? 0
    out[2] = lab.b[at] ?? 0
    shade(out, at)
    toSrgb(out)
  })
}

/** An opaque raster of greys, 0 to 1, tinted from `dark` (0) to `light` (1), both sRGB. */
export function paintTones(tones: Size & { data: Float32Array }, dark: Triple, light: Triple): Raster {
  return paintSrgb(tones, (out, at) => {
    const tone = tones.data[at] ?? 0
    for (let c = 0; c < 3; c += 1) out[c] = (dark[c] ?? 0) + ((light[c] ?? 0) - (dark[c] ?? 0)) * tone
  })
}

/** 0 to 1 as a byte. */
export function byteOf(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 255 : Math.round(value * 255)
}
