/** Damaged EXIF: the reader of headers turns a picture exactly when the decoder does. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { createImageProbe } from './probe.ts'

type Entry = { tag?: number; type?: number; count?: number; value: number }
type Damage = { named?: number; magic?: number; first?: number }

const SHORT = 3
const PREFIX = Buffer.from('Exif\0\0', 'latin1')
const { probe } = createImageProbe()
let jpeg = Buffer.alloc(0)
let png = Buffer.alloc(0)

before(async () => {
  const pixels = sharp({ create: { width: 64, height: 48, channels: 3, background: '#c08040' } })
  jpeg = await pixels.clone().jpeg().toBuffer()
  png = await pixels.clone().png().toBuffer()
})

/** A little-endian TIFF structure with one directory. @param damage what it says of itself, true or not */
function exif(
  entries: readonly Entry[],
  { named = entries.length, magic = 42, first = 8 }: Damage = {},
): Buffer {
  const bytes = Buffer.alloc(first + 2 + entries.length * 12 + 4)
  bytes.write('II')
  bytes.writeUInt16LE(magic, 2)
  bytes.writeUInt32LE(first, 4)
  bytes.writeUInt16LE(named, first)
  for (const [index, { tag = 274, type = SHORT, count = 1, value }] of entries.entries()) {
    const at = first + 2 + index * 12
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(count, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  }
  return bytes
}

function withTail(structure: Buffer, tail: readonly number[]): Buffer {
  return Buffer.concat([structure, Buffer.from(tail)])
}

function inJpeg(...segments: readonly Buffer[]): Buffer {
  const parts = segments.map((segment) => {
    const head = Buffer.from([0xff, 0xe1, 0, 0])
    head.writeUInt16BE(segment.length + 2, 2)
    return Buffer.concat([head, segment])
  })
  return Buffer.concat([jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)])
}

function inPng(...structures: readonly Buffer[]): Buffer {
  const chunks = structures.map((structure) => {
    const chunk = Buffer.alloc(12 + structure.length)
    chunk.writeUInt32BE(structure.length)
    chunk.write('eXIf', 4, 'latin1')
    structure.copy(chunk, 8)
    chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + structure.length)), 8 + structure.length)
    return chunk
  })
  // Behind the signature and IHDR.
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])
}

async function assertAgrees(bytes: Buffer, isTurned: boolean): Promise<void> {
  const { info } = await sharp(bytes, { autoOrient: true }).raw().toBuffer({ resolveWithObject: true })
  const { width, height } = probe(bytes)
  assert.deepEqual([width, height], [info.width, info.height])
  assert.equal(width < height, isTurned)
}

const QUARTER = { value: 6 }
const nine = Array.from({ length: 18 }, (_, at) => (at % 2 === 0 ? 6 : 0))
const STRUCTURES: readonly (readonly [string, () => Buffer, boolean])[] = [
  ['whole', () => exif([QUARTER]), true],
  ['names more entries than there are', () => exif([QUARTER], { named: 186 }), true],
  ['names thousands', () => exif([QUARTER], { named: 65_535 }), true],
  ['names none', () => exif([QUARTER], { named: 0 }), false],
  ['twice, the first says upright', () => exif([{ value: 1 }, QUARTER]), false],
  ['twice, the first is implausible', () => exif([{ value: 9 }, QUARTER]), false],
  ['twice, the first is empty', () => exif([{ value: 8, count: 0 }, QUARTER]), true],
  ['of a signed type', () => exif([{ ...QUARTER, type: 8 }]), true],
  ['of a signed long type', () => exif([{ ...QUARTER, type: 9 }]), true],
  ['of a type for text', () => exif([{ ...QUARTER, type: 2 }]), false],
  ['of three values, elsewhere', () => withTail(exif([{ count: 3, value: 26 }]), [6, 0, 1, 0, 1, 0]), true],
  ['of three values, behind the end', () => exif([{ count: 3, value: 26 }]), false],
  ['of nine values', () => withTail(exif([{ count: 9, value: 26 }]), nine), true],
  ['of ten values', () => withTail(exif([{ count: 10, value: 26 }]), [...nine, 1, 0]), false],
  ['of a type that is only BigTIFF’s, then whole', () => exif([{ type: 16, value: 8 }, QUARTER]), true],
  ['as a fraction', () => withTail(exif([{ type: 5, value: 26 }]), [6, 0, 0, 0, 1, 0, 0, 0]), true],
  ['of a long type with something above', () => exif([{ type: 4, value: 0x1_0006 }]), true],
  ['of a signed byte', () => exif([{ ...QUARTER, type: 6 }]), true],
  ['twice, the first is text', () => exif([{ ...QUARTER, type: 2 }, QUARTER]), false],
  [
    'behind an entry that lies elsewhere',
    () => exif([{ tag: 271, type: 2, count: 1e9, value: 8 }, QUARTER]),
    true,
  ],
  ['BigTIFF', () => exif([QUARTER], { magic: 43 }), false],
  ['begins inside its own head', () => exif([QUARTER], { first: 7 }), false],
  ['begins at an odd byte', () => exif([QUARTER], { first: 9 }), true],
]

void describe('damaged EXIF', () => {
  for (const [title, structure, isTurned] of STRUCTURES)
    void test(`the orientation ${title}`, async () => {
      await assertAgrees(inJpeg(Buffer.concat([PREFIX, structure()])), isTurned)
      await assertAgrees(inPng(structure()), isTurned)
    })

  void test('of several structures the first counts, also where it holds nothing', async () => {
    const [upright, quarter] = [exif([{ value: 1 }]), exif([QUARTER])]
    await assertAgrees(inPng(upright, quarter), false)
    await assertAgrees(inPng(quarter, upright), true)
    const prefixed = [upright, quarter, Buffer.from('II')].map((bytes) => Buffer.concat([PREFIX, bytes]))
    const [first = PREFIX, second = PREFIX, cut = PREFIX] = prefixed
    await assertAgrees(inJpeg(first, second), false)
    await assertAgrees(inJpeg(second, first), true)
    await assertAgrees(inJpeg(cut, second), false)
    for (const head of ['Exif\0', 'Exif\0\u0001', 'Exif is not there'])
      await assertAgrees(inJpeg(Buffer.from(head, 'latin1'), second), false)
    await assertAgrees(inJpeg(Buffer.from('Exif', 'latin1'), second), true)
    await assertAgrees(inJpeg(Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>'), second), true)
  })
})
