/**
 * A mask for jobs without one: a workflow that reads a mask cannot go without. Written here because libvips, which would
 * hold four bytes for each of its pixels, is loaded by pixel processes only.
 */
import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** Of the PNG specification: one bit for each pixel, which is a number in the palette. */
const ONE_BIT_PALETTE = [1, 3, 0, 0, 0]
const compress = promisify(deflate)

/** A PNG that is white and transparent all over: the whole picture may change, whichever of the two is read. */
export async function wholeMask({ width, height }: { width: number; height: number }): Promise<Uint8Array> {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Each row begins with the number of its filter; 0 is none, and also the number of the one colour.
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([header, Buffer.from(ONE_BIT_PALETTE)])),
    chunk('PLTE', Buffer.of(255, 255, 255)),
    chunk('tRNS', Buffer.of(0)),
    chunk('IDAT', await compress(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
