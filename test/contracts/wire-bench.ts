/** Requests as they go over the wire: from a JSON body through parser and plan to what reaches an emulated vendor. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Model } from '../../src/catalogue/index.ts'
import type { Engine } from '../../src/core/engine.ts'
import type { AfterimageError } from '../../src/core/errors.ts'
import { isAfterimageError } from '../../src/core/errors.ts'
import type { GenerateInput, InputImage, Warning } from '../../src/core/job.ts'
import { planJob } from '../../src/core/plan-job.ts'
import { previewsOf } from '../../src/core/previews.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { parseGenerate } from '../../src/wire/parse.ts'
import type { EmulatedEngine } from '../support/emulated-engines.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { paint } from '../support/emulators/picture.ts'
import { engineContext } from '../support/engine-context.ts'
import { prepareImage } from '../support/prepare-image.ts'
import { inputImage } from '../support/requests.ts'
import type { Body } from './wire-variants.ts'

const CAT = { width: 640, height: 480 }
const DOG = { width: 320, height: 320 }
const PNG = { format: 'png' } as const
const JPEG = { format: 'jpeg' } as const
type Size = { width: number; height: number }
type Picture = Pick<InputImage, 'bytes' | 'info'>
export type Bench = {
  engine: Engine
  emulator: Emulator
  directory: string
  pictures: ReadonlyMap<string, Picture>
}
export type Sent = { sent: string; warnings: readonly Warning[] }
/** Nothing was sent; `warnings` are the reasons. */
export type Refused = { sent: null; warnings: readonly Warning[] }

export async function useEngine(
  { emulation, create }: EmulatedEngine,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-fields-'))
  const emulator = await startEmulator(emulation())
  const engine = create({
    origin: emulator.origin,
    secret: () => emulator.key,
    clock: { now: () => 0 },
    fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
    pause: () => Promise.resolve(),
    prepareImage,
  })
  try {
    await run({ engine, emulator, directory, pictures: await makePictures(directory) })
  } finally {
    await engine.close?.()
    await emulator.close()
    await rm(directory, { recursive: true, force: true })
  }
}

export async function run(model: Model, body: Body, bench: Bench): Promise<Sent | Refused> {
  const { engine, emulator, directory } = bench
  const seen = emulator.requests.length
  const jobId = `job-${seen}`
  const posts = emulator.posts()
  try {
    const { input, warnings } = admit(model, body, bench)
    const plan = planJob({
      model,
      input,
      offers: [
        {
          id: engine.id,
          queue: 'q',
          isDraft: false,
          capabilities: (id) => engine.capabilities(id),
          estimate: null,
        },
      ],
      isDraftEnabled: false,
      engine: engine.id,
    })
    const context = engineContext({
      imagePath: ({ blobKey }) => Promise.resolve(join(directory, blobKey)),
      scratchDirectory: directory,
      ...(previewsOf(input.options) === 'shown' ? { onPreview: () => undefined } : {}),
      announceCall: () => {
        assert.equal(emulator.posts(), posts, 'announced before it is made')
        return Promise.resolve()
      },
    })
    const { handle, status } = await engine.submit({ jobId, input }, context)
    const told = status.state === 'completed' ? status.warnings : (handle?.['warnings'] as Warning[])
    const sent = JSON.stringify(
      emulator.requests.slice(seen).map(({ headers: _headers, ...request }) => request),
    )
    return { sent: sent.replaceAll(jobId, 'job'), warnings: [...warnings, ...plan.warnings, ...told] }
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    assert.equal(emulator.posts(), posts, `refused, but only after it was sent: ${error.message}`)
    const refused = JSON.stringify(emulator.submits.at(-1)?.json)
    assert.equal(emulator.submits.length, posts, `the vendor does not take this: ${error.message} ${refused}`)
    return { sent: null, warnings: reasonsOf(error) }
  }
}

/** A plan lists its issues; an engine says the field before the colon. */
function reasonsOf({ message, issues }: AfterimageError): Warning[] {
  const [path = ''] = message.split(':', 1)
  return issues.length > 0 ? [...issues] : [{ code: 'refused', path, message }]
}

function admit(
  model: Model,
  body: Body,
  { pictures }: Bench,
): { input: GenerateInput; warnings: readonly Warning[] } {
  const parsed = parseGenerate({ model, body, mode: 'aliases', newSeed: () => 7 })
  const images = parsed.sources.map(({ role, path, value, strength, tag }) => {
    const picture = pictures.get(value)
    assert.ok(picture !== undefined, `no picture named ${value}`)
    return inputImage(path, { role, strength, tag, blobKey: value, ...picture })
  })
  return { input: { ...parsed.input, images }, warnings: parsed.warnings }
}

async function makePictures(directory: string): Promise<ReadonlyMap<string, Picture>> {
  const made: readonly (readonly [name: string, bytes: Buffer, size: Size])[] = [
    ['cat.png', await paint(CAT, 'png'), CAT],
    ['dog.jpeg', await paint(DOG, 'jpeg'), DOG],
    ['left.png', await paintMask(0), CAT],
    ['right.png', await paintMask(CAT.width / 2), CAT],
  ]
  for (const [name, bytes] of made) await writeFile(join(directory, name), bytes)
  return new Map(
    made.map(([name, bytes, size]) => [
      name,
      {
        bytes: bytes.length,
        info: {
          ...size,
          orientation: 1,
          frames: 1,
          ...(name === 'dog.jpeg' ? JPEG : PNG),
          hasAlpha: isMask(name),
        },
      },
    ]),
  )
}

/** Transparent where a half of the picture shall be edited. */
function paintMask(left: number): Promise<Buffer> {
  const hole = {
    create: { width: CAT.width / 2, height: CAT.height, channels: 4 as const, background: '#000' },
  }
  return sharp({ create: { ...CAT, channels: 4, background: '#000' } })
    .composite([{ input: hole, left, top: 0, blend: 'dest-out' }])
    .png()
    .toBuffer()
}

function isMask(name: string): boolean {
  return name !== 'cat.png' && name !== 'dog.jpeg'
}
