/**
 * Draws docs/images/{operations,effects}-*.webp: every operation and effect of the built-in engine at its default
 * values, on two photographs. `node scripts/contact-sheets.ts [name …]` draws only those, larger, into tmp/contact-sheet-*.webp.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type OverlayOptions, type CreateRaw } from 'sharp'
import { EFFECTS } from '../src/engines/local/effects/index.ts'
import type { PixelOperation } from '../src/engines/local/operation.ts'
import { OPERATIONS } from '../src/engines/local/operations/index.ts'
import { breakLines, drawLine, type Ink } from '../src/engines/local/card/text.ts'
import { decodeImage } from '../src/imaging/decode.ts'
import type { Size } from '../src/imaging/geometry.ts'
import type { Raster } from '../src/imaging/raster.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const PHOTOS = ['raccoon', 'portrait-astronaut'] as const
/** Effects are made for pictures of this size; the tiles are reduced from it. */
const WORK_EDGE = 768
const GAP = 8
const LABEL = 22
const LABEL_SCALE = 1.55
const SEED = 7

type Layout = { columns: number; tile: number; quality: number }
const LAYOUT: Layout = { columns: 8, tile: 180, quality: 74 }

async function main(names: readonly string[]): Promise<void> {
  if (names.length > 0) return drawChosen(names)
  for (const photo of PHOTOS) {
    const picture = await readPhoto(photo)
    for (const [group, operations] of [
      ['operations', OPERATIONS],
      ['effects', EFFECTS],
    ] as const) {
      const sheet = await drawSheet(picture, operations, LAYOUT)
      save(join(root, 'docs', 'images', `${group}-${photo}.webp`), sheet)
    }
  }
}

async function drawChosen(names: readonly string[]): Promise<void> {
  const chosen = [...OPERATIONS, ...EFFECTS].filter(({ name }) => names.includes(name))
  const sheets: Buffer[] = []
  for (const photo of PHOTOS)
    sheets.push(await drawSheet(await readPhoto(photo), chosen, { columns: 3, tile: 520, quality: 85 }))
  for (const [index, sheet] of sheets.entries())
    save(join(root, 'tmp', `contact-sheet-${PHOTOS[index] ?? index}.webp`), sheet)
}

async function readPhoto(name: string): Promise<Raster> {
  const path = join(root, 'test', 'support', 'photos', `${name}.jpg`)
  return (await decodeImage(path, { maxEdge: WORK_EDGE })).raster
}

function save(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  console.log(`${path.slice(root.length)}: ${Math.round(bytes.length / 1024)} KB`)
}

async function drawSheet(
  picture: Raster,
  operations: readonly PixelOperation[],
  layout: Layout,
): Promise<Buffer> {
  const { columns, tile, quality } = layout
  const tileHeight = Math.round(tile * Math.min(1, picture.height / picture.width))
  const rowHeight = tileHeight + LABEL + GAP
  const rows = Math.ceil((operations.length + 1) / columns)
  const size = { width: columns * (tile + GAP) + GAP, height: rows * rowHeight + GAP }
  const parts: OverlayOptions[] = []
  const tiles = [
    { label: 'source', raster: picture },
    ...operations.map((operation) => run(operation, picture)),
  ]
  for (const [index, { label, raster }] of tiles.entries()) {
    const left = GAP + (index % columns) * (tile + GAP)
    const top = GAP + Math.floor(index / columns) * rowHeight
    parts.push({ input: await fitTile(raster, { width: tile, height: tileHeight }), left, top: top + LABEL })
    parts.push({ ...drawLabel(label, tile), left, top })
  }
  return sharp({ create: { ...size, channels: 3, background: '#ffffff' } })
    .composite(parts)
    .webp({ quality, effort: 5 })
    .toBuffer()
}

function run(operation: PixelOperation, picture: Raster): { label: string; raster: Raster } {
  const started = performance.now()
  const raster = operation.apply(picture, operation.defaults, { seed: SEED, onProgress: () => {} })
  console.log(`${operation.name.padEnd(24)} ${Math.round(performance.now() - started)} ms`)
  return { label: operation.name, raster }
}

/** Inside a box, on light grey where it is transparent. */
function fitTile({ width, height, data }: Raster, box: Size): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .resize(box.width, box.height, { fit: 'contain', background: '#ffffff' })
    .flatten({ background: '#e8e8e8' })
    .png()
    .toBuffer()
}

function drawLabel(text: string, width: number): { input: Buffer; raw: CreateRaw } {
  const ink: Ink = { width, height: LABEL, data: new Uint8Array(width * LABEL) }
  const [line] = breakLines(text.replaceAll('_', ' '), width / LABEL_SCALE).lines
  if (line !== undefined) drawLine(ink, line, { x: 1, y: 5, scale: LABEL_SCALE })
  const pixels = Buffer.alloc(width * LABEL * 4)
  for (const [pixel, cover] of ink.data.entries()) pixels.set([30, 30, 30, cover], pixel * 4)
  return { input: pixels, raw: { width, height: LABEL, channels: 4 } }
}

await main(process.argv.slice(2))
