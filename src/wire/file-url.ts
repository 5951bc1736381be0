import type { FileSignature } from '../core/signed-files.ts'

/** Endings are for people and for clients that go by them; the id alone finds the file. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/gif': '.gif',
  'image/tiff': '.tiff',
  'image/heic': '.heic',
}

export type FileUrlOptions = {
  /** Address of this server without a slash at the end; every URL begins with it. */
  baseUrl: string
  /** Null or left out where addresses are not signed. */
  signFile?: ((fileId: string) => FileSignature) | null
}

/** The public address of a stored file. */
export function fileUrl(
  { baseUrl, signFile = null }: FileUrlOptions,
  { fileId, contentType }: { fileId: string; contentType: string },
): string {
  const url = `${baseUrl}/files/${fileId}${ENDINGS[contentType] ?? ''}`
  if (signFile === null) return url
  const { expires, signature } = signFile(fileId)
  return `${url}?expires=${expires}&signature=${signature}`
}
