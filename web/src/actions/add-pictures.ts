/** Pictures come from files, the clipboard, an address, a sample, or an earlier result. */
import { imageLimit } from '../request/image-fields.ts'
import { BASE_URL, krea } from '../server/client.ts'
import { faultText, isRefused } from '../server/faults.ts'
import { shownAddress } from '../server/preview.ts'
import { loadModel, queries } from '../server/queries.ts'
import type { Session } from '../server/session.ts'
import { uploadFile } from '../server/upload.ts'
import { navigate } from '../store/router.ts'
import type { Reference } from '../store/studio.ts'
import { announce, notify, studio, UNDO, withdraw } from '../store/studio.ts'

const MEGABYTE = 1024 * 1024
/** What the server reads, by its content; the browser only knows endings and types. */
const ENDINGS = /\.(?:jpe?g|png|webp|avif|gif|tiff?|heic|heif)$/iu

/** Checks, shows and uploads. A model that takes one picture gets the new one instead of the old. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const usable = files.filter((file) => {
    const fault = faultOf(file)
    if (fault !== null) notify({ kind: 'fault', text: fault })
    return fault === null
  })
  await Promise.all(usable.map((file) => addOne(file.name, file, (onSent) => uploadFile(file, onSent))))
}

/** Why a file cannot be taken, told before a byte of it travels; null when it can. */
function faultOf({ name, size, type }: File): string | null {
  const limit = queries.getQueryData<Session>(['session'])?.limits.max_input_bytes ?? Infinity
  if (!type.startsWith('image/') && !ENDINGS.test(name))
    return `${name} is not a picture. JPEG, PNG, WebP, AVIF, HEIC, GIF and TIFF are.`
  if (size <= limit) return null
  const megabytes = (bytes: number): string => `${Number((bytes / MEGABYTE).toFixed(1))} MB`
  return `${name} is ${megabytes(size)}; this server takes at most ${megabytes(limit)}. Make it smaller or save it as JPEG.`
}

/** @param address http(s), or a data URI as some programs put into the clipboard */
export async function addAddress(address: string): Promise<void> {
  const text = address.trim()
  const name = nameOf(text)
  if (text.startsWith('data:image/')) return addFiles([fileFromDataUri(text)])
  if (!/^https?:\/\/\S+$/iu.test(text)) {
    notify({ kind: 'fault', text: 'This is no address of a picture. It begins with https:// or http://.' })
    return undefined
  }
  if (text.startsWith(`${BASE_URL}/files/`))
    return place(keptReference({ url: text, name, parentJobId: null }))
  return addOne(name, null, () => krea.assets.uploadFromUrl(text, { filename: name }))
}

/** A result becomes the next input; the server has it already. */
export function addResult({ url, jobId }: { url: string; jobId: string }): void {
  const references = [keptReference({ url, name: 'Result', parentJobId: jobId })]
  withdraw('picture')
  studio.set({ references, remixOf: null, ...NO_MASK })
  navigate({ page: 'studio', jobId: null })
  announce('The result is the input now.')
}

/** A picture that the server has. Its size comes when the browser has looked at it. */
export function keptReference(kept: { url: string; name: string; parentJobId: string | null }): Reference {
  const reference: Reference = { ...newReference(kept.name, null), ...kept, state: 'ready' }
  void measure(reference.id, kept.url)
  return reference
}

async function measure(id: string, url: string): Promise<void> {
  const image = new Image()
  image.src = shownAddress(url)
  await image.decode().catch(() => undefined)
  if (image.naturalWidth > 0) update(id, { size: { width: image.naturalWidth, height: image.naturalHeight } })
  else update(id, failed('This picture was deleted, or the browser cannot show it.'))
}

/** The chosen file cannot be shown here; what the server has of it can. */
export function showStored(id: string): void {
  update(id, { preview: null })
}

export function removePicture(id: string): void {
  const { references } = studio.get()
  const place = references.findIndex((reference) => reference.id === id)
  const removed = references[place]
  if (removed === undefined) return
  studio.set({
    references: references.filter((reference) => reference.id !== id),
    ...(place === 0 ? NO_MASK : {}),
  })
  notify({
    about: 'picture',
    text: `${removed.name} is removed.`,
    action: {
      label: UNDO,
      run: () => studio.set((state) => ({ references: state.references.toSpliced(place, 0, removed) })),
    },
  })
}

/** @param by −1 to the front, 1 to the back */
export function movePicture(id: string, by: number): void {
  const { references } = studio.get()
  const from = references.findIndex((reference) => reference.id === id)
  const to = from + by
  const moved = references[from]
  if (moved === undefined || to < 0 || to >= references.length) return
  studio.set({ references: references.toSpliced(from, 1).toSpliced(to, 0, moved) })
  announce(`${moved.name} is picture ${to + 1} of ${references.length} now.`)
}

const NO_MASK = { strokes: [], undone: [], isMasking: false } as const

type Uploaded = { image_url: string; width: number | null; height: number | null }

/** Tells how much has left, where that is known. */
type Upload = (onSent: (part: number) => void) => Promise<Uploaded>

async function addOne(name: string, file: File | null, upload: Upload): Promise<void> {
  const reference = newReference(name, file === null ? null : URL.createObjectURL(file))
  await place(reference)
  announce(`${name} is being uploaded.`)
  try {
    const { image_url: url, width, height } = await upload((sent) => update(reference.id, { sent }))
    const size = width === null || height === null ? null : { width, height }
    update(
      reference.id,
      size === null
        ? failed(`${name} is no picture that the server can read.`)
        : { url, size, state: 'ready', sent: null },
    )
    announce(
      size === null ? `${name} cannot be read.` : `${name} is ready, ${size.width} by ${size.height} pixels.`,
    )
  } catch (error) {
    const fault = faultText(error).replace(/^file: /u, '')
    update(reference.id, failed(fault))
    const retry = (): void => {
      studio.set(({ references }) => ({ references: references.filter(({ id }) => id !== reference.id) }))
      void addOne(name, file, upload)
    }
    notify({
      kind: 'fault',
      text: `${name}: ${fault}`,
      // What the server refused once it refuses again.
      action: isRefused(error) ? null : { label: 'Try again', run: retry },
    })
  }
}

async function place(reference: Reference): Promise<void> {
  const schema = await loadModel(studio.get().modelId).then(
    (model) => model.input_schema,
    () => null,
  )
  const limit = Math.max(1, schema === null ? 1 : imageLimit(schema))
  const { references } = studio.get()
  const kept = references.filter(({ state }) => state !== 'failed')
  const next =
    limit === 1 || kept.length >= limit ? [...kept.slice(0, limit - 1), reference] : [...kept, reference]
  withdraw('picture')
  // Another picture to work on is another piece of work.
  studio.set({ references: next, ...(next[0]?.id === reference.id ? { remixOf: null, ...NO_MASK } : {}) })
  navigate({ page: 'studio', jobId: null })
}

function update(id: string, change: Partial<Reference>): void {
  studio.set(({ references }) => ({
    references: references.map((reference) =>
      reference.id === id ? { ...reference, ...change } : reference,
    ),
  }))
}

function failed(fault: string): Partial<Reference> {
  return { state: 'failed', fault }
}

function newReference(name: string, preview: string | null): Reference {
  return {
    id: crypto.randomUUID(),
    name,
    url: null,
    preview,
    size: null,
    state: 'uploading',
    fault: null,
    sent: null,
    parentJobId: null,
  }
}

function nameOf(address: string): string {
  const last = URL.canParse(address) ? new URL(address).pathname.split('/').at(-1) : ''
  return last === undefined || last === '' ? 'picture' : decodeURIComponent(last).slice(0, 80)
}

function fileFromDataUri(uri: string): File {
  const [head = '', data = ''] = uri.split(',', 2)
  const type = /^data:([^;,]+)/u.exec(head)?.[1] ?? 'image/png'
  const bytes = head.endsWith(';base64')
    ? Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
    : new TextEncoder().encode(decodeURIComponent(data))
  return new File([bytes], `pasted.${type.split('/')[1] ?? 'png'}`, { type })
}
