/** Which size a request asks for, and what to say when an upstream cannot make exactly that. */
import type { GenerateInput, InputImage, Warning } from '../../core/job.ts'

/** Pixels; `path` is the field that says so. */
export type WantedSize = { width: number; height: number; path: string }

/**
 * `afterimage.size`, else `width` and `height`; one of the two alone is completed with the aspect of the first
 * source, or a square. Null when the caller left the size open.
 */
export function wantedSize(input: GenerateInput): WantedSize | null {
  const { size } = input.options
  if (size !== null) return { ...size, path: 'afterimage.size' }
  const { width, height } = input
  const ratio = sourceRatio(input) ?? 1
  if (width !== null) return { width, height: height ?? Math.round(width / ratio), path: 'width' }
  return height === null ? null : { width: Math.round(height * ratio), height, path: 'height' }
}

/** Width divided by height of the first source; null without one. */
export function sourceRatio({ images }: GenerateInput): number | null {
  const source = firstPicture(images)
  return source === undefined ? null : source.info.width / source.info.height
}

/** The one that a result follows and a mask lies on: the first source, else the first of any kind but a mask. */
export function firstPicture(images: GenerateInput['images']): InputImage | undefined {
  return images.find(({ role }) => role === 'source') ?? images.find(({ role }) => role !== 'mask')
}

/**
 * The name (`16:9`) whose ratio is nearest. By quotient, so that 2:1 and 1:2 are equally far from square.
 * @param names at least one
 */
export function nearestRatio(ratio: number, names: readonly string[]): string {
  const distance = (name: string): number => Math.abs(Math.log(valueOf(name) / ratio))
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best))
}

/** The field was used, but not to the letter. */
export function adjusted(path: string, { asked, used }: { asked: string; used: string }): Warning {
  const message = `\`${path}\`: asked for ${asked}; the nearest that this engine makes is ${used}`
  return { code: 'adjusted_field', path, message }
}

/** The field has no effect on this request, although it may have on another. */
export function withoutEffect(path: string, reason: string): Warning {
  return { code: 'unsupported_field', path, message: `\`${path}\` has no effect: ${reason}` }
}

function valueOf(name: string): number {
  const [width = 1, height = 1] = name.split(':').map(Number)
  return width / height
}
