/** What a file is, by its first bytes. Names and declared types are never trusted. */
import { text, u16be, u32be } from './bytes.ts'

export type AcceptedKind = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'heif'
/** `accepted` has a header parser; otherwise `found` is a noun phrase for messages (`an SVG drawing`). */
export type Sniffed = { accepted: AcceptedKind } | { found: string }

/** Leading bytes that `sniff` looks at. */
export const SNIFF_BYTES = 1024

/** Names of the accepted kinds in messages. */
export const KIND_NAMES: Readonly<Record<AcceptedKind, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  tiff: 'TIFF',
  heif: 'HEIC or AVIF file',
}

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n'
const HEIF_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'avif', 'avis'])

/** Signatures of files that people send by mistake. */
const REFUSED: readonly (readonly [signature: string, found: string])[] = [
  ['%PDF', 'a PDF document'],
  ['BM', 'a BMP image'],
  ['8BPS', 'a Photoshop document'],
  ['\0\0\x01\0', 'a Windows icon'],
  ['\xff\x0a', 'a JPEG XL image'],
  ['\0\0\0\x0cJXL ', 'a JPEG XL image'],
  ['\0\0\0\x0cjP', 'a JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  ['v/1\x01', 'an OpenEXR image'],
  ['#?RADIANCE', 'a Radiance HDR image'],
  ['qoif', 'a QOI image'],
  ['IIRO', 'a camera raw file'],
  ['IIU\0', 'a camera raw file'],
  ['FUJIFILM', 'a camera raw file'],
  ['\x1a\x45\xdf\xa3', 'a video (WebM or Matroska)'],
  ['\0\0\x01\xba', 'a video (MPEG)'],
  ['\0\0\x01\xb3', 'a video (MPEG)'],
  ['FLV', 'a video (FLV)'],
  ['OggS', 'an Ogg audio or video file'],
  ['ID3', 'an MP3 audio file'],
  ['fLaC', 'a FLAC audio file'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['glTF', 'a 3D model (glTF)'],
]

/** @param head the first {@link SNIFF_BYTES} bytes, or the whole file if shorter */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { found: 'an empty file (0 bytes)' }
  const start = text(head, 0, 16)
  const accepted = sniffAccepted(head, start)
  if (accepted !== null) return { accepted }
  const media = start.startsWith('RIFF')
    ? nameRiff(start)
    : start.slice(4, 8) === 'ftyp'
      ? nameFtyp(start)
      : null
  const refused = REFUSED.find(([signature]) => start.startsWith(signature))
  return { found: media ?? refused?.[1] ?? nameText(head) ?? 'a file of unknown content' }
}

function sniffAccepted(head: Uint8Array, start: string): AcceptedKind | null {
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (start.startsWith(PNG_SIGNATURE)) return 'png'
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'gif'
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'webp'
  if (/^(?:II[*+]\0|MM\0[*+])/u.test(start)) return 'tiff'
  if (start.slice(4, 8) === 'ftyp' && hasHeifBrand(head)) return 'heif'
  return null
}

/** The major brand (at 8) and the compatible brands (from 16). */
function hasHeifBrand(head: Uint8Array): boolean {
  const end = Math.min(u32be(head, 0), head.length)
  for (let at = 8; at + 4 <= end; at += 4)
    if (at !== 12 && HEIF_BRANDS.has(text(head, at, at + 4))) return true
  return false
}

function nameFtyp(start: string): string {
  const brand = start.slice(8, 12)
  if (brand.startsWith('qt')) return 'a video (QuickTime)'
  if (brand.startsWith('M4A')) return 'an MP4 audio file'
  return brand === 'crx ' ? 'a camera raw file (CR3)' : 'a video (MP4)'
}

function nameRiff(start: string): string {
  const kind = start.slice(8, 12)
  if (kind === 'AVI ') return 'a video (AVI)'
  return kind === 'WAVE' ? 'a WAV audio file' : 'a RIFF file that is not WebP'
}

/** SVG, HTML and other text, by the first tag behind white space, a byte order mark and comments. */
function nameText(head: Uint8Array): string | null {
  const mark = u16be(head, 0)
  if (mark === 0xfeff || mark === 0xfffe) return 'text (UTF-16)'
  const content = new TextDecoder('utf-8').decode(head.subarray(0, SNIFF_BYTES))
  // oxlint-disable-next-line no-control-regex -- control characters are what tells bytes from text
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/u.test(content) || content.includes('\ufffd\ufffd')) return null
  const lower = content.trimStart().toLowerCase()
  if (lower.includes('<svg')) return 'an SVG drawing'
  if (/^(?:<!--[^>]*>\s*)*<(?:!doctype html|html|head|body)/u.test(lower)) return 'an HTML page'
  if (lower.startsWith('<?xml')) return 'an XML document'
  if (lower.startsWith('{') || lower.startsWith('[')) return 'JSON text'
  if (lower.startsWith('version https://git-lfs')) return 'a Git LFS pointer instead of the file'
  if (lower.startsWith('data:')) return 'the text of a data URI (encoded twice?)'
  return 'plain text'
}
