import type { ByteSource } from './ports.ts'

/** Writers may leave something behind the picture: a second one, a few notes. */
const TAIL_BYTES = 65_536
const RIFF_HEADER = 8
const HEAD_BYTES = 12
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** The whole last chunk but its length of zero: its name and its checksum. @see w3.org/TR/png-3 section 11.2.5 */
const PNG_END = Buffer.from('49454e44ae426082', 'hex')
const JPEG_START = Buffer.from('ffd8ff', 'hex')
/** Cannot occur among the pixels, where a zero follows each 0xFF. @see ITU-T T.81 annex B.1.1.5 */
const JPEG_END = Buffer.from('ffd9', 'hex')

/**
 * Whether a PNG, JPEG or WebP ends before its picture does, as a copy does that was broken off while it was written to
 * where it is fetched from: its length is then the announced one, its header is good, and half of it is grey. Reads
 * the two ends only. Of other formats nothing is known: false.
 */
export async function isCutOff(source: ByteSource): Promise<boolean> {
  const head = Buffer.from(await source.read(0, Math.min(HEAD_BYTES, source.bytes)))
  if (head.indexOf(PNG_SIGNATURE) === 0) return !(await endsWith(source, PNG_END))
  if (head.indexOf(JPEG_START) === 0) return !(await endsWith(source, JPEG_END))
  const isWebp = head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8) === 'WEBP'
  return isWebp && head.readUInt32LE(4) + RIFF_HEADER > source.bytes
}

async function endsWith({ bytes, read }: ByteSource, end: Buffer): Promise<boolean> {
  const length = Math.min(TAIL_BYTES, bytes)
  return Buffer.from(await read(bytes - length, length)).includes(end)
}
