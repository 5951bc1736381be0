/** What both of Ideogram's forms have in common. */
import type { GenerateInput, Warning } from '../../core/job.ts'
import type { FormPart } from '../../net/upstream/body.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import { adjusted } from '../../net/upstream/shape.ts'

export type Fields = Readonly<Record<string, string | number>>
export type Written = { fields: Fields; warnings: readonly Warning[] }

const MAX_COUNT = 8
const MAX_SEED = 2 ** 31 - 1

/** How much of the picture stays, 1 to 100, where we say how much may change, 0 to 1. */
export function weightOf(strength: number): number {
  return Math.min(Math.max(Math.round(100 * (1 - strength)), 1), 100)
}

export function writeSeed({ seed, isSeedGiven }: GenerateInput): Written {
  // A seed that nobody asked for would promise a repeatability that nobody asked for.
  if (!isSeedGiven) return { fields: {}, warnings: [] }
  const used = seed % (MAX_SEED + 1)
  const warnings = used === seed ? [] : [adjusted('seed', { asked: `${seed}`, used: `${used}` })]
  return { fields: { seed: used }, warnings }
}

export function writeCount({ count }: GenerateInput): Written {
  const used = Math.min(count, MAX_COUNT)
  const warnings = used === count ? [] : [adjusted('count', { asked: `${count}`, used: `${used}` })]
  return { fields: { num_images: used }, warnings }
}

export function toTextParts(fields: Fields): FormPart[] {
  return Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))
}

export function toFilePart({ format, path, bytes, input }: PreparedImage, name: string): FormPart {
  return {
    name,
    filename: `${input.role}.${format}`,
    contentType: mediaTypeOf(format),
    content: { path, bytes },
  }
}
