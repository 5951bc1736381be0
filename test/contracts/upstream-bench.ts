/** Pictures, and an engine wired to its emulator, for the contract of upstream engines. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine, EngineContext, EngineResult, EngineStatus, Handle } from '../../src/core/engine.ts'
import type { GenerateInput, ImageRole, InputImage } from '../../src/core/job.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import type { Emulation, Emulator, EmulatedRequest } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { paint } from '../support/emulators/picture.ts'
import { prepareImage, redrawMask } from '../support/prepare-image.ts'
import { generateInput, inputImage } from '../support/requests.ts'
import { engineContext } from '../support/engine-context.ts'

const PICTURES = {
  'cat.png': { format: 'png', width: 640, height: 480, role: 'source', path: 'image_urls[0]' },
  'dog.jpeg': { format: 'jpeg', width: 320, height: 320, role: 'source', path: 'image_urls[1]' },
  'mask.png': { format: 'png', width: 640, height: 480, role: 'mask', path: 'afterimage.mask_url' },
  'style.webp': { format: 'webp', width: 64, height: 64, role: 'style', path: 'style_images[0].url' },
  'style-reference.webp': {
    format: 'webp',
    width: 48,
    height: 64,
    role: 'style_reference',
    path: 'image_style_references[0].url',
  },
  'tagged.png': { format: 'png', width: 96, height: 64, role: 'reference', path: 'reference_images[0].url' },
  'character.png': {
    format: 'png',
    width: 64,
    height: 96,
    role: 'character',
    path: 'character_reference_images[0]',
  },
  'reference.png': { format: 'png', width: 80, height: 80, role: 'reference', path: 'reference_uri' },
  'scene.png': { format: 'png', width: 112, height: 64, role: 'scene', path: 'scene_image_url' },
} as const satisfies Record<
  string,
  { format: 'png' | 'jpeg' | 'webp'; width: number; height: number; role: ImageRole; path: string }
>

export type PictureName = keyof typeof PICTURES

export type BenchSubject = {
  /** A function where the vendor remembers something between requests. */
  emulation: Emulation | (() => Emulation)
  createEngine: (options: UpstreamEngineOptions) => Engine
}
export type Bench = {
  emulator: Emulator
  engine: Engine
  submit: (options: SubmitOptions) => Promise<EngineResult>
  /** Submits without waiting for the result. */
  start: (options: SubmitOptions) => Promise<Started>
}
export type Started = { handle: Handle | null; status: EngineStatus; context: EngineContext }
export type SubmitOptions = {
  input: Partial<GenerateInput>
  images: readonly PictureName[]
  signal?: AbortSignal
  /** Asks for previews, and takes them. */
  onPreview?: NonNullable<EngineContext['onPreview']>
}
export type BenchOptions = { secret?: () => string | null; totalMs?: number; origin?: string }

/** Starts the emulator and the engine, and ends both. */
export async function useBench(
  subject: BenchSubject,
  options: BenchOptions,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'afterimage-upstream-'))
  const emulator = await startEmulator(emulationOf(subject))
  let jobs = 0
  const engine = subject.createEngine({
    origin: options.origin ?? emulator.origin,
    secret: options.secret ?? (() => emulator.key),
    clock: { now: () => 0 },
    fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
    pause: () => Promise.resolve(),
    prepareImage,
    timeouts: { total: options.totalMs ?? 30_000 },
  })
  const start = async ({ input, images, signal, onPreview }: SubmitOptions): Promise<Started> => {
    const posts = emulator.posts()
    let announcements = 0
    const context = engineContext({
      ...(signal === undefined ? {} : { signal }),
      ...(onPreview === undefined ? {} : { onPreview }),
      imagePath: ({ blobKey }) => Promise.resolve(join(scratchDirectory, blobKey)),
      scratchDirectory,
      announceCall: () => {
        announcements += 1
        assert.equal(emulator.posts(), posts, 'the billable call is announced before it is made')
        return Promise.resolve()
      },
    })
    const inputs = await Promise.all(images.map((picture) => storePicture(picture, scratchDirectory)))
    jobs += 1
    const request = { jobId: `job-${jobs}`, input: generateInput({ ...input, images: inputs }) }
    const submitted = await engine.submit(request, context)
    assert.equal(announcements, emulator.posts() - posts, 'each billable call is announced')
    return { ...submitted, context }
  }
  const submit = async (options: SubmitOptions): Promise<EngineResult> => finish(engine, await start(options))
  try {
    await run({ emulator, engine, submit, start })
  } finally {
    await engine.close?.()
    await emulator.close()
    await rm(scratchDirectory, { recursive: true, force: true })
  }
}

export function emulationOf({ emulation }: BenchSubject): Emulation {
  return typeof emulation === 'function' ? emulation() : emulation
}

/** Polls without pause: the emulators need no time. */
async function finish(engine: Engine, submitted: Started): Promise<EngineResult> {
  const { context } = submitted
  let { status } = submitted
  while (status.state !== 'completed') {
    // The handle goes through the database on its way.
    const handle = JSON.parse(JSON.stringify(submitted.handle)) as Handle | null
    assert.ok(handle !== null && engine.poll !== undefined, 'an unfinished job needs a handle and a poll')
    status = await engine.poll(handle, context)
  }
  return status
}

async function storePicture(name: PictureName, directory: string): Promise<InputImage> {
  const { format, width, height, role, path } = PICTURES[name]
  const bytes = await pictureBytes(name)
  await writeFile(join(directory, name), bytes)
  const info = { format, width, height, orientation: 1, frames: 1, hasAlpha: role === 'mask' }
  return inputImage(path, {
    role,
    blobKey: name,
    bytes: bytes.length,
    info,
    strength: role === 'style' || role === 'style_reference' ? 0.8 : null,
    tag: path.startsWith('reference_images') ? 'rug' : null,
  })
}

async function pictureBytes(name: PictureName): Promise<Buffer> {
  const { format, width, height, role } = PICTURES[name]
  return paint({ width, height }, format, { isTransparent: role === 'mask' })
}

/** The body as a reader would write it down: images by name instead of by bytes, also in data URIs. */
export async function describeBody({ json, fields, files }: EmulatedRequest): Promise<unknown> {
  const names = new Map<string, string>()
  for (const name of Object.keys(PICTURES) as PictureName[])
    names.set((await pictureBytes(name)).toString('base64'), `<${name}>`)
  for (const form of ['black', 'white', 'white_transparent'] as const)
    names.set(
      (await redrawMask(await pictureBytes('mask.png'), form)).toString('base64'),
      `<mask.png in ${form}>`,
    )
  const nameOf = (text: string): string =>
    names.get(text) ??
    text.replace(/^(data:[\w/]+;base64,)(.*)$/su, (_whole, head: string, data: string) => head + nameOf(data))
  if (json !== undefined)
    return JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
      typeof value === 'string' ? nameOf(value) : value,
    )
  const sent = files.map(({ name, type, bytes }) => [name, nameOf(bytes.toString('base64')), type])
  return { fields: Object.fromEntries(fields), files: sent }
}

/** Pixels of the first output. */
export async function outputSize({ outputs }: EngineResult): Promise<{ width: number; height: number }> {
  const [output] = outputs
  assert.ok(output !== undefined)
  const bytes = output.kind === 'bytes' ? output.bytes : await readFile(output.path)
  const { width, height } = createImageProbe().probe(bytes)
  return { width, height }
}
