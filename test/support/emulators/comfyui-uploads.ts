/** What was uploaded to the emulated ComfyUI, and what its nodes make of a mask. */
import sharp from 'sharp'
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Reply } from './emulator.ts'

/** How much of the left and of the right half may change, 0 to 1. */
export type Changeable = { left: number; right: number }
/** A file that was uploaded. */
export type Upload = {
  width: number
  height: number
  bytes: Buffer
  /** As a mask, by the channel that is read; null for a picture that is none. */
  mask: { grey: Changeable; alpha: Changeable } | null
}

export type Uploads = Map<string, Upload>

const probe = createImageProbe()

export const reply = (status: number, json: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(json, null, 2),
})
export const fault = (status: number, type: string, message: string): Reply =>
  reply(status, { error: { type, message, details: '', extra_info: {} }, node_errors: {} })

/** Transparent or, in a colour, bright is what may change. */
export function masksOf(
  graph: Readonly<Record<string, { class_type: string; inputs: Record<string, unknown> }>>,
  uploads: Uploads,
): Record<string, Changeable> {
  const masks: Record<string, Changeable> = {}
  for (const [id, { class_type: type, inputs }] of Object.entries(graph)) {
    const mask = uploads.get(String(inputs.image))?.mask ?? null
    const isAlpha = type === 'LoadImage' || inputs.channel === 'alpha'
    if (mask !== null && (type === 'LoadImage' || type === 'LoadImageMask'))
      masks[id] = isAlpha ? mask.alpha : mask.grey
  }
  return masks
}

export async function storeUpload(
  { path, files, fields }: EmulatedRequest,
  uploads: Uploads,
): Promise<object> {
  const [file] = files
  const subfolder = Object.fromEntries(fields).subfolder ?? ''
  const name = file?.filename ?? ''
  const sent = file?.bytes ?? Buffer.of()
  const original = path === '/upload/mask' ? originalOf(fields, uploads) : undefined
  const bytes = original === undefined ? sent : await underMask(original.bytes, sent)
  const { width, height } = probe.probe(bytes)
  uploads.set(`${subfolder}/${name}`, { width, height, bytes, mask: await toMask(bytes) })
  return { name, subfolder, type: 'input' }
}

const REFERENCE = z.strictObject({ filename: z.string(), subfolder: z.string(), type: z.literal('input') })

function originalOf(fields: EmulatedRequest['fields'], uploads: Uploads): Upload | undefined {
  const named = REFERENCE.safeParse(JSON.parse(Object.fromEntries(fields).original_ref ?? 'null')).data
  return named === undefined ? undefined : uploads.get(`${named.subfolder}/${named.filename}`)
}

/** Null for an upload that is taken. */
export function checkUpload(
  { path, fields, files }: Pick<EmulatedRequest, 'path' | 'fields' | 'files'>,
  uploads: Uploads,
): Reply | null {
  const [file] = files
  const isWhole =
    files.length === 1 && file?.name === 'image' && fields.some(([name]) => name === 'subfolder')
  if (!isWhole) return fault(400, 'upload', 'image is missing')
  if (path === '/upload/image') return null
  const original = path === '/upload/mask' ? originalOf(fields, uploads) : undefined
  if (original === undefined) return fault(400, 'upload', 'original_ref is missing')
  // As the real one, which copies the transparency pixel by pixel.
  const { width, height } = probe.probe(file.bytes)
  const isSameSize = width === original.width && height === original.height
  return isSameSize ? null : fault(500, 'server', 'images do not match')
}

type Pixels = { data: Buffer; width: number; height: number }

/** Four channels; no resizing, which would blacken what is transparent. */
async function readPixels(bytes: Buffer): Promise<Pixels> {
  const image = sharp(bytes).toColourspace('srgb').ensureAlpha().raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The picture with the transparency of the mask. */
async function underMask(picture: Buffer, mask: Buffer): Promise<Buffer> {
  const [{ data, width, height }, over] = await Promise.all([readPixels(picture), readPixels(mask)])
  for (let at = 3; at < data.length; at += 4) data[at] = over.data[at] ?? 255
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** Without transparency and with colours it is none. */
async function toMask(bytes: Buffer): Promise<Upload['mask']> {
  if (probe.probe(bytes).format !== 'png') return null
  const { data, width } = await readPixels(bytes)
  const sums = { grey: [0, 0], alpha: [0, 0], count: [0, 0] }
  let isColoured = false
  let isOpaque = true
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 255] = data.subarray(at, at + 4)
    const half = (at / 4) % width < width / 2 ? 0 : 1
    isColoured ||= red !== green || green !== blue
    isOpaque &&= alpha === 255
    add(sums.grey, half, red)
    add(sums.alpha, half, 255 - alpha)
    add(sums.count, half, 255)
  }
  if (isColoured && isOpaque) return null
  const shareOf = (sum: number[], half: 0 | 1): number => (sum[half] ?? 0) / (sums.count[half] ?? 1)
  const halves = (sum: number[]): Changeable => ({ left: shareOf(sum, 0), right: shareOf(sum, 1) })
  return { grey: halves(sums.grey), alpha: halves(sums.alpha) }
}

function add(sums: number[], half: 0 | 1, value: number): void {
  sums[half] = (sums[half] ?? 0) + value
}
