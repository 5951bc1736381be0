import { crc32, deflateSync } from 'node:zlib'

const AFTER_HEADER = 33

/** A PNG chunk with length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}

/** The same PNG with a chunk right behind its header. */
export function insertPngChunk(png: Buffer, type: string, data: Uint8Array): Buffer {
  return Buffer.concat([png.subarray(0, AFTER_HEADER), pngChunk(type, data), png.subarray(AFTER_HEADER)])
}

/** The same PNG with an embedded ICC profile. */
export function insertPngProfile(png: Buffer, profile: Uint8Array): Buffer {
  return insertPngChunk(png, 'iCCP', Buffer.concat([Buffer.from('test\0\0', 'latin1'), deflateSync(profile)]))
}

/** A PNG of zeros: 1-bit grey or 8-bit RGB; tiny as a file, huge as pixels. */
export function createPngBomb(side: number, kind: 'grey1' | 'rgb8'): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = kind === 'grey1' ? 1 : 8
  header[9] = kind === 'grey1' ? 0 : 2
  const rowBytes = 1 + (kind === 'grey1' ? Math.ceil(side / 8) : side * 3)
  const pixels = deflateSync(Buffer.alloc(rowBytes * side), { level: 9 })
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}
