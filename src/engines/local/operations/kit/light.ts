/** Work in linear light, where adding and scaling is what a lens or a lamp would do. */
import type { Raster } from '../../../../imaging/raster.ts'
import { mapChannels, tableOf } from './lab-edit.ts'

/** Above this share of full light, exposure is rolled off instead of clipped. */
const KNEE = 0.7

/** sRGB 0 to 1 to linear light (IEC 61966-2-1). */
export function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Linear light to sRGB 0 to 1. */
export function fromLinear(light: number): number {
  if (light <= 0) return 0
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
}

/** Light above the knee approaches 1 without reaching it, so that bright areas keep their drawing. */
export function rollOff(light: number): number {
  return light <= KNEE ? light : KNEE + (1 - KNEE) * (1 - Math.exp(-(light - KNEE) / (1 - KNEE)))
}

/** Multiplies the light of each channel; `gains` are factors for red, green, blue. */
export function scaleLight(
  picture: Raster,
  gains: readonly [number, number, number],
  shoulder: (light: number) => number = (light) => light,
): Raster {
  const table = (gain: number): Uint8Array => tableOf((value) => fromLinear(shoulder(toLinear(value) * gain)))
  return mapChannels(picture, [table(gains[0]), table(gains[1]), table(gains[2])])
}

/** The same gains with the luma of white kept at 1: only the colour of the light changes. */
export function keepLuma([red, green, blue]: readonly [number, number, number]): [number, number, number] {
  const luma = red * 0.2126 + green * 0.7152 + blue * 0.0722
  return [red / luma, green / luma, blue / luma]
}
