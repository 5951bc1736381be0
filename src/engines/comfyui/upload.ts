/** Brings pictures and masks to where the nodes of ComfyUI load them from. */
import { z } from 'zod'
import { AfterimageError } from '../../core/errors.ts'
import { probeFile } from '../../core/probe-blob.ts'
import { createImageProbe } from '../../imaging/probe.ts'
import type { PartContent } from '../../net/upstream/body.ts'
import { formBody } from '../../net/upstream/body.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import { wholeMask } from './whole-mask.ts'
import type { Workflow } from './workflow.ts'
import { maskPlaces } from './workflow.ts'

/** Folder below ComfyUI's own for inputs and outputs. */
export const FOLDER = 'afterimage'
const UPLOADED = z.object({ name: z.string().min(1), subfolder: z.string() })

type Stored = z.output<typeof UPLOADED>
type Scene = { jobId: string; send: SendFree }
type File = { filename: string; contentType: string; content: PartContent }

/** What the loaders of a workflow are told to load. */
export type UploadedNames = { image: string[]; mask?: string; maskedImage?: string }

type Uploads = {
  /** In the order of the workflow's places. */
  pictures: readonly PreparedImage[]
  /** Null where the whole picture may change. */
  mask: PreparedImage | null
  workflow: Workflow
}

/** @throws AfterimageError for a server that does not take a file */
export async function uploadAll({ pictures, mask, workflow }: Uploads, scene: Scene): Promise<UploadedNames> {
  const stored: Stored[] = []
  for (const [index, image] of pictures.entries())
    stored.push(await upload('/upload/image', { file: fileOf(image, `${scene.jobId}-${index}`) }, scene))
  const image = stored.map(nameOf)
  const [first] = pictures
  const [original] = stored
  // A mask without a picture was refused long before.
  if (first === undefined || original === undefined) return { image }
  return { image, ...(await uploadMask({ under: first, original, mask, workflow }, scene)) }
}

type MaskUpload = { under: PreparedImage; original: Stored; mask: PreparedImage | null; workflow: Workflow }

async function uploadMask(
  { under, original, mask, workflow }: MaskUpload,
  scene: Scene,
): Promise<Omit<UploadedNames, 'image'>> {
  const { apart, inImage } = maskPlaces(workflow)
  if (apart.length === 0 && inImage === null) return {}
  // It was admitted by whatever limit the operator set.
  const probe = createImageProbe({ maxPixels: Number.POSITIVE_INFINITY })
  const info = await probeFile(probe, under.path)
  // ComfyUI itself reads the transparency of a picture as its mask.
  const isInImage = inImage !== null && (mask !== null || !info.hasAlpha)
  const content = mask === null ? await wholeMask(info) : { path: mask.path, bytes: mask.bytes }
  const named = (name: string): File => ({
    filename: `${scene.jobId}-${mask === null ? 'whole-' : ''}${name}.png`,
    contentType: mediaTypeOf('png'),
    content,
  })
  const names: Omit<UploadedNames, 'image'> = {}
  if (apart.length > 0) names.mask = nameOf(await upload('/upload/image', { file: named('mask') }, scene))
  if (isInImage)
    names.maskedImage = nameOf(await upload('/upload/mask', { file: named('masked'), original }, scene))
  return names
}

function fileOf({ path, bytes, format }: PreparedImage, name: string): File {
  return { filename: `${name}.${format}`, contentType: mediaTypeOf(format), content: { path, bytes } }
}

function nameOf({ subfolder, name }: Stored): string {
  return subfolder === '' ? name : `${subfolder}/${name}`
}

/** @param original the stored picture that is written once more, with the transparency of the file */
async function upload(
  path: '/upload/image' | '/upload/mask',
  { file, original }: { file: File; original?: Stored },
  { send }: Scene,
): Promise<Stored> {
  const under =
    original === undefined
      ? []
      : [
          {
            name: 'original_ref',
            value: JSON.stringify({ filename: original.name, subfolder: original.subfolder, type: 'input' }),
          },
        ]
  const body = formBody([
    { name: 'image', ...file },
    { name: 'type', value: 'input' },
    { name: 'subfolder', value: FOLDER },
    { name: 'overwrite', value: 'true' },
    ...under,
  ])
  const parsed = UPLOADED.safeParse((await send({ method: 'POST', path, body })).json)
  if (!parsed.success)
    throw new AfterimageError('engine_failed', 'ComfyUI took an upload, but did not say where it lies.')
  return parsed.data
}
