/**
 * Draws docs/images/before-after.webp: a photograph and what five instructions made of it, each under its own words.
 * `node scripts/before-after.ts`; the edits run through the HTTP API, as anybody's do.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp, { type OverlayOptions } from 'sharp'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { Afterimage } from '../src/sdk/index.ts'
import { drawLabel } from './demo/label.ts'

const PHOTO = new URL('../assets/samples/raccoon.jpg', import.meta.url)
const TARGET = new URL('../docs/images/before-after.webp', import.meta.url)
const INSTRUCTIONS = [
  'make it a warm pencil sketch',
  'turn it into a rug, product photography',
  'watercolour painting',
  'stained glass window',
  'night, cinematic',
] as const
const COLUMNS = 3
const CELL = { width: 400, height: 300 }
const GAP = 16
const CAPTION = 34
const PAPER = { r: 24, g: 25, b: 28 }
const INK = { colour: { r: 244, g: 243, b: 239 }, scale: 1.9 }
/** The README shows it on every visit. */
const MAX_BYTES = 250_000

async function editPhoto(client: Afterimage, source: string, prompt: string): Promise<Buffer> {
  const { data } = await client.subscribe('image/afterimage/edit', {
    input: { image_url: source, prompt, seed: 1 },
    intervalMs: 200,
  })
  const [url] = data.urls
  if (url === undefined) throw new Error(`"${prompt}" completed without a result`)
  return Buffer.from(await (await fetch(url)).arrayBuffer())
}

async function editAll(photo: Buffer): Promise<Buffer[]> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-before-after-'))
  const app = await createApp(readConfig({ AFTERIMAGE_PORT: '0', AFTERIMAGE_DATA_DIR: directory }))
  try {
    const { url, access } = await app.start()
    if (access.kind !== 'created') throw new Error('a new data folder had a key already')
    const client = new Afterimage({ baseUrl: url, apiKey: access.token })
    const asset = await client.assets.upload(photo, { filename: 'photo.jpg' })
    const results: Buffer[] = []
    for (const prompt of INSTRUCTIONS) results.push(await editPhoto(client, asset.image_url, prompt))
    return results
  } finally {
    await app.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function placeCell(image: Buffer, label: string, index: number): Promise<OverlayOptions[]> {
  const left = GAP + (index % COLUMNS) * (CELL.width + GAP)
  const top = GAP + Math.floor(index / COLUMNS) * (CELL.height + CAPTION + GAP)
  const input = await sharp(image)
    .resize({ ...CELL, fit: 'cover' })
    .flatten({ background: PAPER })
    .png()
    .toBuffer()
  return [
    { input, left, top },
    { input: await drawLabel(label, INK), left, top: top + CELL.height + 4 },
  ]
}

async function drawSheet(cells: readonly (readonly [image: Buffer, label: string])[]): Promise<Buffer> {
  const rows = Math.ceil(cells.length / COLUMNS)
  const width = COLUMNS * (CELL.width + GAP) + GAP
  const height = rows * (CELL.height + CAPTION + GAP) + GAP
  const overlays = await Promise.all(cells.map(([image, label], index) => placeCell(image, label, index)))
  return sharp({ create: { width, height, channels: 3, background: PAPER } })
    .composite(overlays.flat())
    .webp({ quality: 80, effort: 6 })
    .toBuffer()
}

const photo = readFileSync(PHOTO)
const results = await editAll(photo)
const labelled = results.map((image, index) => [image, INSTRUCTIONS[index] ?? ''] as const)
const sheet = await drawSheet([[photo, 'the photograph'], ...labelled])
if (sheet.length > MAX_BYTES)
  throw new Error(`the picture has ${sheet.length} bytes, more than ${MAX_BYTES}: lower its quality`)
writeFileSync(TARGET, sheet)
console.log(`${fileURLToPath(TARGET)}: ${Math.round(sheet.length / 1000)} kB`)
