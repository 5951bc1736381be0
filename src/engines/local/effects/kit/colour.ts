/** OKLab (Björn Ottosson, 2020): equal distances look equally different, so mixing and clustering stay clean. */
import type { Size } from '../../../../imaging/geometry.ts'
import type { Raster } from '../../../../imaging/raster.ts'

/** Three numbers: lightness, green to red, blue to yellow; or red, green, blue in sRGB 0 to 1. */
export type Triple = Float32Array

/** A picture in OKLab: `l` 0 to 1, `a` and `b` about -0.3 to 0.3. */
export type Lab = Size & { l: Float32Array; a: Float32Array; b: Float32Array }

const LINEAR_STEPS = 4096
const TO_LINEAR = Float32Array.from({ length: 256 }, (_, value) => linearOf(value / 255))
const FROM_LINEAR = Float32Array.from({ length: LINEAR_STEPS + 1 }, (_, step) =>
  encodedOf(step / LINEAR_STEPS),
)

function linearOf(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

function encodedOf(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
}

/** The whole picture in OKLab; alpha is left out. */
export function labOf({ width, height, data }: Raster): Lab {
  const count = width * height
  const lab = {
    width,
    height,
    l: new Float32Array(count),
    a: new Float32Array(count),
    b: new Float32Array(count),
  }
  for (let pixel = 0, at = 0; pixel < count; pixel += 1, at += 4) {
    const red = TO_LINEAR[data[at] ?? 0] ?? 0
    const green = TO_LINEAR[data[at + 1] ?? 0] ?? 0
    const blue = TO_LINEAR[data[at + 2] ?? 0] ?? 0
    const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lab.l[pixel] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short
    lab.a[pixel] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
    lab.b[pixel] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
  }
  return lab
}

/** Turns an OKLab triple into sRGB 0 to 1 where it stands; colours out of gamut are clipped. */
export function toSrgb(colour: Triple): void {
  // Not destructured: on typed arrays that runs an iterator, twenty times slower in this loop.
  const l = colour[0] ?? 0
  const a = colour[1] ?? 0
  const b = colour[2] ?? 0
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3
  colour[0] = encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short)
  colour[1] = encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short)
  colour[2] = encode(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short)
}

function encode(light: number): number {
  if (light <= 0) return 0
  if (light >= 1) return 1
  // The curve is steep near black, where the table would show steps.
  return light < 0.01 ? encodedOf(light) : (FROM_LINEAR[Math.round(light * LINEAR_STEPS)] ?? 0)
}

/** OKLab of one sRGB colour 0 to 1. */
export function labOfSrgb(red: number, green: number, blue: number): Triple {
  const data = Uint8Array.of(red * 255, green * 255, blue * 255, 255)
  const { l, a, b } = labOf({ width: 1, height: 1, data })
  return Float32Array.of(l[0] ?? 0, a[0] ?? 0, b[0] ?? 0)
}

/** sRGB 0 to 1 of one `#rrggbb`. */
export function hexColour(hex: string): Triple {
  return Float32Array.from([1, 3, 5], (from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255)
}
