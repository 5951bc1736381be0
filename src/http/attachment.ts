/** `Content-Disposition` of a file that is saved, under a name of the caller's (RFC 6266). */

type Saved = { id: string; contentType: string }

/** In bytes of UTF-8, without the ending; file systems take 255. */
const MAX_BYTES = 200
/**
 * What file systems forbid, what ends a header, and what turns the letters around it or shows none; not the joiners that
 * Persian and Hindi are spelt with.
 */
const FORBIDDEN = /(?:(?!\p{Join_Control})[\p{C}\p{Zl}\p{Zp}\\/:*?"<>|%])+/gu
const ENDING = /\.(?:png|jpe?g|webp|avif|gif|tiff?|heic)$/iu
const NOT_ASCII = /[^\x20-\x7e]/gu

/** @param wanted a name, with or without an ending; the ending is that of the content. Null or empty: the file's id */
export function attachment(wanted: string | null, { id, contentType }: Saved): string {
  const ending = contentType.replace('image/', '').replace('jpeg', 'jpg')
  const name = `${stemOf(wanted ?? '') || id}.${ending}`
  const plain = name.replace(NOT_ASCII, '_')
  const quoted = `attachment; filename="${plain}"`
  return plain === name ? quoted : `${quoted}; filename*=UTF-8''${encode(name)}`
}

function stemOf(wanted: string): string {
  const shown = wanted.replace(FORBIDDEN, ' ').replace(/\s+/gu, ' ').trim().replace(ENDING, '')
  // A dot in front hides a file, one at the end is lost on Windows.
  return shorten(shown.replace(/^[. ]+/u, '')).replace(/[. ]+$/u, '')
}

function shorten(name: string): string {
  let bytes = 0
  return Array.from(name)
    .filter((sign) => (bytes += Buffer.byteLength(sign)) <= MAX_BYTES)
    .join('')
}

/** RFC 8187 leaves fewer signs unescaped than addresses do. */
function encode(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
