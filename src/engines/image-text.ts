/** Images as text, for upstreams that take them inside JSON. */
import { readFile } from 'node:fs/promises'
import type { PreparedImage } from '../net/upstream/inputs.ts'
import { mediaTypeOf } from '../net/upstream/inputs.ts'

export async function toBase64({ path }: PreparedImage): Promise<string> {
  return (await readFile(path)).toString('base64')
}

export async function toDataUri(image: PreparedImage): Promise<string> {
  return `data:${mediaTypeOf(image.format)};base64,${await toBase64(image)}`
}
