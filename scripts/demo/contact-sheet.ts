/** One picture that shows what was made of what. */
import type { OverlayOptions } from 'sharp'
import sharp from 'sharp'
import { drawLabel } from './label.ts'
import type { DemoResult } from './run-edits.ts'

const COLUMNS = 3
const CELL = { width: 480, height: 360 }
const GAP = 24
const CAPTION = 52
const PAPER = { r: 24, g: 25, b: 28 }
const TITLE = { colour: { r: 244, g: 243, b: 239 }, scale: 2.4 }
const SMALL = { colour: { r: 158, g: 160, b: 166 }, scale: 1.7 }

type Cell = { image: Buffer; title: string; note: string }

/**
 * The photograph first, then each result with its title and time. An enlargement shows both sides in one cell: left
 * its source with pixels repeated, right the result.
 * @returns a PNG of 1536 px width
 */
export async function drawContactSheet(
  photo: Buffer,
  detail: Buffer,
  results: readonly DemoResult[],
): Promise<Buffer> {
  const before: Cell = { image: photo, title: 'Before', note: 'the photograph' }
  const after = await Promise.all(results.map((result) => toCell(result, detail)))
  const cells = [before, ...after]
  const rows = Math.ceil(cells.length / COLUMNS)
  const overlays = await Promise.all(cells.map(placeCell))
  return sharp({
    create: {
      width: COLUMNS * CELL.width + (COLUMNS + 1) * GAP,
      height: rows * (CELL.height + CAPTION) + (rows + 1) * GAP,
      channels: 3,
      background: PAPER,
    },
  })
    .composite(overlays.flat())
    .png()
    .toBuffer()
}

async function toCell({ edit, bytes, width, height, ms }: DemoResult, detail: Buffer): Promise<Cell> {
  const note = `${(ms / 1000).toFixed(1)} s, ${width} x ${height}`
  const image = edit.source === 'detail' ? await splitView(detail, bytes) : bytes
  const title = edit.source === 'detail' ? `${edit.title}: before | after` : edit.title
  return { image, title, note }
}

/** The same left half of both pictures beside each other, at the size of a cell. */
async function splitView(source: Buffer, result: Buffer): Promise<Buffer> {
  const half = { width: CELL.width / 2, height: CELL.height }
  const middle = { left: CELL.width / 4, top: 0, ...half }
  const cut = (image: Buffer, kernel: 'nearest' | 'lanczos3'): Promise<Buffer> =>
    sharp(image)
      .resize({ ...CELL, fit: 'cover', kernel })
      .png()
      .toBuffer()
      .then((whole) => sharp(whole).extract(middle).png().toBuffer())
  const [left, right] = await Promise.all([cut(source, 'nearest'), cut(result, 'lanczos3')])
  const line = { create: { width: 2, height: half.height, channels: 3, background: PAPER } } as const
  return sharp({ create: { ...CELL, channels: 3, background: PAPER } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: half.width, top: 0 },
      { input: line, left: half.width - 1, top: 0 },
    ])
    .png()
    .toBuffer()
}

async function placeCell({ image, title, note }: Cell, index: number): Promise<OverlayOptions[]> {
  const left = GAP + (index % COLUMNS) * (CELL.width + GAP)
  const top = GAP + Math.floor(index / COLUMNS) * (CELL.height + CAPTION + GAP)
  const picture = await sharp(image)
    .resize({ ...CELL, fit: 'contain', background: PAPER })
    .flatten({ background: PAPER })
    .png()
    .toBuffer()
  return [
    { input: picture, left, top },
    { input: await drawLabel(title, TITLE), left, top: top + CELL.height + 2 },
    { input: await drawLabel(note, SMALL), left, top: top + CELL.height + 30 },
  ]
}
