/** Pictures that browsers do not read, like HEIC, come from the server in a form that they do. */
import { BASE_URL } from './client.ts'

/** By the ending, which the server takes from the content; others are tried first. */
const UNREAD = /\.(?:heic|heif|tiff?)$/iu
const OWN_FILE = /\/files\/[0-9a-f]{32}(?:\.[a-z0-9]+)?$/u

/** Where the server shows one of its own pictures to every browser; null for other addresses. */
export function previewAddress(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { pathname } = new URL(url)
  const file = OWN_FILE.exec(pathname)?.[0]
  return file === undefined ? null : `${BASE_URL}${file}/preview`
}

/** The address to show: the picture's own, or that of its preview where the ending tells that no browser reads it. */
export function shownAddress(url: string): string {
  const isUnread = URL.canParse(url) && UNREAD.test(new URL(url).pathname)
  return isUnread ? (previewAddress(url) ?? url) : url
}
