import type { ImageFormat } from './job.ts'

/** Media type of a format, as IANA registers it. */
export function contentTypeOf(format: ImageFormat): string {
  return `image/${format}`
}
