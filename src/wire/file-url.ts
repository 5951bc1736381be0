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

/** The public address of a stored file. */
export function fileUrl(
  baseUrl: string,
  { fileId, contentType }: { fileId: string; contentType: string },
): string {
  return `${baseUrl}/files/${fileId}${ENDINGS[contentType] ?? ''}`
}
