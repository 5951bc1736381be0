/** Pictures that are small as files and large, slow or hostile to whoever believes them. */
import { deflateRawSync, deflateSync, constants } from 'node:zlib'
import sharp from 'sharp'
import { createPngBomb, insertPngChunk, pngChunk } from './png.ts'

const MIB = 1024 ** 2

/** `mayComplete`: a picture may come out, because what is hostile about it is ignored. */
export type PictureBomb = { bytes: Buffer; mayComplete: boolean }

/** By their names; made when asked for, because some take a moment. */
export async function createPictureBombs(): Promise<Readonly<Record<string, PictureBomb>>> {
  const small = createPngBomb(32, 'rgb8')
  const inflated = Buffer.concat([
    Buffer.from('bomb\0\0', 'latin1'),
    deflateSync(Buffer.alloc(300 * MIB), { level: 9 }),
  ])
  const refused = (bytes: Buffer): PictureBomb => ({ bytes, mayComplete: false })
  const ignored = (bytes: Buffer): PictureBomb => ({ bytes, mayComplete: true })
  return {
    '1-bit PNG of 30,000²': refused(createPngBomb(30_000, 'grey1')),
    '1-bit PNG of 60,000²': refused(createPngBomb(60_000, 'grey1')),
    'RGB PNG of 16,000²': refused(largePng(16_000)),
    'hollow PNG of 2³¹-1': refused(hollowPng(0x7fff_ffff)),
    'hollow PNG of 7,000²': refused(hollowPng(7000)),
    'PNG with 300 MB of profile': ignored(insertPngChunk(small, 'iCCP', inflated)),
    'PNG with 300 MB of text': ignored(insertPngChunk(small, 'zTXt', inflated)),
    'PNG and then a ZIP': ignored(Buffer.concat([small, Buffer.from('PK\x03\x04'), Buffer.alloc(9999)])),
    'GIF of 16,383² with 300 frames': refused(gifOfFrames(300)),
    'WebP of 1,000² with 2,000 frames': ignored(await webpOfFrames(2000)),
    'TIFF of 65,535 tags': refused(tiffOfTags(65_535)),
    'TIFF of 20,000 pages': ignored(tiffOfPages(20_000)),
    'HEIC of 100,000 items': refused(heicOfItems(100_000)),
    'HEIC of a grid of 65,535 tiles': refused(heicOfTiles(65_535)),
    'JPEG of 1,000 scans': ignored(jpegOfScans(1000)),
    'SVG of a billion laughs': refused(Buffer.from(SVG_LAUGHS)),
    'SVG of 30,000² under a blur': refused(Buffer.from(SVG_BLUR)),
    'SVG of other files': refused(Buffer.from(SVG_FILES)),
    'PDF as PNG': refused(Buffer.from(`%PDF-1.7${' '.repeat(999)}`)),
    'HTML as PNG': refused(Buffer.from(`<html><script>alert(1)</script>${' '.repeat(999)}`)),
  }
}

/** A whole RGB PNG of zeros, whose pixels exist only as one packed megabyte again and again. */
function largePng(side: number): Buffer {
  const bytes = side * (1 + side * 3)
  const packed = deflateRawSync(Buffer.alloc(MIB), { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const rest = deflateRawSync(Buffer.alloc(bytes % MIB), { level: 9 })
  // Adler-32 of zeros: the first sum stays 1, the second counts the bytes.
  const checksum = Buffer.from([(bytes % 65_521) >> 8, (bytes % 65_521) & 255, 0, 1])
  const whole = Array.from({ length: Math.floor(bytes / MIB) }, () => packed)
  return pngOf(side, Buffer.concat([Buffer.from([0x78, 0xda]), ...whole, rest, checksum]))
}

/** A square of eight bits in three channels, whatever its data. */
function pngOf(side: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A PNG that says it is `side` wide and holds next to nothing. */
function hollowPng(side: number): Buffer {
  return pngOf(side, deflateSync(Buffer.alloc(100)))
}

/** A directory of `entries` tags, all of them nonsense. */
function tiffOfTags(entries: number): Buffer {
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0])
  head.writeUInt16LE(entries, 8)
  return Buffer.concat([head, Buffer.alloc(entries * 12, 1), Buffer.alloc(4)])
}

/** A HEIF `meta` box whose item table claims `items` items. */
function heicOfItems(items: number): Buffer {
  const count = Buffer.alloc(8)
  count[0] = 1
  count.writeUInt32BE(items, 4)
  const entry = box('infe', Buffer.from([2, 0, 0, 0, 0, 1, 0, 0]), Buffer.from('hvc1\0', 'latin1'))
  const table = box('iinf', count, ...Array.from({ length: items }, () => entry))
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0heicmif1', 'latin1')),
    box('meta', Buffer.alloc(4), table),
  ])
}

function gifOfFrames(frames: number): Buffer {
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 0xff, 0x3f, 0xff, 0x3f, 0, 2, 2, 0x4c, 1, 0])
  const screen = Buffer.from([0xff, 0x3f, 0xff, 0x3f, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
  const frameList = Array.from({ length: frames }, () => frame)
  return Buffer.concat([Buffer.from('GIF89a'), screen, ...frameList, Buffer.from([0x3b])])
}

/** A good progressive-looking JPEG head with a thousand scans behind it. */
function jpegOfScans(scans: number): Buffer {
  const segment = (marker: number, ...content: readonly number[]): Buffer =>
    Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content])
  const frame = segment(0xc2, 8, 0x13, 0x88, 0x13, 0x88, 1, 1, 0x11, 0)
  const quantisation = segment(0xdb, 0, ...Array.from({ length: 64 }, () => 1))
  const huffman = segment(0xc4, 0, 1, ...Array.from({ length: 15 }, () => 0), 0)
  const scan = Buffer.concat([segment(0xda, 1, 1, 0, 0, 0, 0), Buffer.from([0])])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantisation,
    frame,
    huffman,
    ...Array.from({ length: scans }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ])
}

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
}

/** A picture of 60,000² that is put together from the same tile, again and again. */
function heicOfTiles(tiles: number): Buffer {
  const entry = (id: number, type: string): Buffer =>
    box('infe', Buffer.from([2, 0, 0, 0]), words(id, 0), Buffer.from(`${type}\0`, 'latin1'))
  const size = Buffer.alloc(12)
  size.writeUInt32BE(60_000, 4)
  size.writeUInt32BE(60_000, 8)
  const association = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0x81])
  const references = box('dimg', words(1, tiles, ...Array.from({ length: tiles }, () => 2)))
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0heicmif1', 'latin1')),
    box(
      'meta',
      Buffer.alloc(4),
      box('hdlr', Buffer.alloc(8), Buffer.from('pict', 'latin1'), Buffer.alloc(13)),
      box('pitm', Buffer.alloc(4), words(1)),
      box('iinf', Buffer.alloc(4), words(2), entry(1, 'grid'), entry(2, 'hvc1')),
      box('iref', Buffer.alloc(4), references),
      box('iprp', box('ipco', box('ispe', size)), box('ipma', association)),
      box('idat', Buffer.from([0, 0, 255, 255]), words(60_000, 60_000)),
    ),
  ])
}

/** Pages of eight by eight grey pixels that share one strip. */
function tiffOfPages(pages: number): Buffer {
  const tags = [
    [256, 8],
    [257, 8],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 8],
    [279, 64],
  ] as const
  const pageBytes = 2 + tags.length * 12 + 4
  const first = 8 + 64
  const file = Buffer.alloc(first + pages * pageBytes)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(first, 4)
  for (let page = 0; page < pages; page += 1) {
    const at = first + page * pageBytes
    file.writeUInt16LE(tags.length, at)
    for (const [index, [tag, value]] of tags.entries()) {
      const field = at + 2 + index * 12
      file.writeUInt16LE(tag, field)
      file.writeUInt16LE(4, field + 2)
      file.writeUInt32LE(1, field + 4)
      file.writeUInt32LE(value, field + 8)
    }
    if (page + 1 < pages) file.writeUInt32LE(at + pageBytes, at + pageBytes - 4)
  }
  return file
}

/** Small frames on a large canvas. */
async function webpOfFrames(frames: number): Promise<Buffer> {
  const chunk = (type: string, ...parts: readonly Uint8Array[]): Buffer => {
    const content = Buffer.concat(parts)
    const head = Buffer.alloc(8)
    head.write(type, 0, 'latin1')
    head.writeUInt32LE(content.length, 4)
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
  }
  const uint24 = (value: number): Buffer => Buffer.from([value & 255, (value >> 8) & 255, value >> 16])
  const create = { width: 8, height: 8, channels: 3, background: '#808080' } as const
  const still = (await sharp({ create }).webp({ lossless: true }).toBuffer()).subarray(12)
  const frame = chunk('ANMF', uint24(0), uint24(0), uint24(7), uint24(7), uint24(10), Buffer.alloc(1), still)
  const content = [
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', Buffer.from([2, 0, 0, 0]), uint24(999), uint24(999)),
    chunk('ANIM', Buffer.alloc(6)),
    ...Array.from({ length: frames }, () => frame),
  ]
  return chunk('RIFF', ...content)
}

const LETTERS = Array.from({ length: 21 }, (_, index) => String.fromCodePoint(97 + index))
const LAUGHS = LETTERS.slice(1).map(
  (letter, index) => `<!ENTITY ${letter} "${`&${LETTERS[index]};`.repeat(10)}">`,
)
const SVG_LAUGHS = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">${LAUGHS.join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&u;</text></svg>`
const SVG_BLUR =
  '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"><filter id="f"><feGaussianBlur stdDeviation="500"/></filter><rect width="100%" height="100%" filter="url(#f)"/></svg>'
const SVG_FILES =
  '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><image href="file:///etc/passwd"/><text>&x;</text></svg>'
