/** What every engine must do. Run by each engine's own test file. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Engine, EngineContext, EngineRequest, EngineResult } from '../../src/core/engine.ts'
import { ERROR_CODES } from '../../src/core/errors.ts'
import {
  OPERATIONS,
  OUTPUT_FORMATS,
  type GenerateInput,
  type ImageFormat,
  type InputImage,
  type Progress,
} from '../../src/core/job.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { engineContext } from '../support/engine-context.ts'

export type EngineCase = {
  input: GenerateInput
  /** What each result must be. */
  expected: { count: number; width: number; height: number; format: ImageFormat }
}

export type EngineUnderTest = {
  engine: Engine
  /** A request that is served; used for most tests. */
  typical: EngineCase
  /** One that takes at least half a second, so that it can be cancelled at work. */
  slow: GenerateInput
  unknownModel: string
  /** Local file of an input image. */
  fileOf: (image: InputImage) => string
  dispose: () => Promise<void>
}

type Run = { result: EngineResult; progress: readonly Progress[] }

export function engineContract(name: string, create: () => Promise<EngineUnderTest>): void {
  void describe(`engine contract: ${name}`, () => {
    let subject: EngineUnderTest
    let root: string
    before(async () => {
      subject = await create()
      root = await mkdtemp(join(tmpdir(), 'afterimage-engine-'))
    })
    after(async () => {
      await subject.dispose()
      await rm(root, { recursive: true, force: true })
    })

    const context = async (more: Partial<EngineContext> = {}): Promise<EngineContext> =>
      engineContext({
        imagePath: (image) => Promise.resolve(subject.fileOf(image)),
        scratchDirectory: await mkdtemp(join(root, 'attempt-')),
        ...more,
      })
    const request = (input: GenerateInput): EngineRequest => ({ jobId: 'job', input })
    const run = async (input: GenerateInput): Promise<Run> => {
      const progress: Progress[] = []
      const onProgress: EngineContext['onProgress'] = (_status, step) => void progress.push(step)
      const { status } = await subject.engine.submit(request(input), await context({ onProgress }))
      assert.ok(status.state === 'completed', 'a sync engine answers "completed"')
      return { result: status, progress }
    }
    const bytesOf = (result: EngineResult): Promise<Uint8Array[]> =>
      Promise.all(
        result.outputs.map((output) =>
          output.kind === 'bytes' ? Promise.resolve(output.bytes) : readFile(output.path),
        ),
      )

    test('says what it can do for a model, and null for one that it does not know', () => {
      const { engine, typical, unknownModel } = subject
      assert.equal(engine.capabilities(unknownModel), null)
      const capabilities = engine.capabilities(typical.input.model)
      assert.ok(capabilities)
      assert.ok(capabilities.operations.every((operation) => OPERATIONS.includes(operation)))
      assert.ok(capabilities.operations.includes(typical.input.operation))
      assert.ok(capabilities.outputFormats.every((format) => OUTPUT_FORMATS.includes(format)))
      assert.ok(capabilities.maxImages >= typical.input.images.length)
      for (const [field, support] of Object.entries(capabilities.fields)) {
        const reason = capabilities.reasons?.[field]
        if (support !== 'native') assert.ok(reason, `"${field}" is ${support} and says why`)
        if (reason !== undefined) assert.doesNotMatch(reason, /\.$/u, 'a reason ends a sentence of others')
      }
    })

    test('makes as many results as asked, of the asked size and format', async () => {
      const { input, expected } = subject.typical
      const { result } = await run(input)
      const files = await bytesOf(result)
      assert.equal(files.length, expected.count)
      for (const bytes of files) {
        const { width, height, format } = createImageProbe().probe(bytes)
        assert.deepEqual(
          { width, height, format },
          { width: expected.width, height: expected.height, format: expected.format },
        )
      }
    })

    test('says what ran and what it cost', async () => {
      const { result } = await run(subject.typical.input)
      assert.ok(result.cost === null || result.cost.microUsd === null || result.cost.microUsd >= 0)
      for (const { code, message } of result.warnings) {
        assert.match(code, /^[a-z_]+$/u)
        assert.match(message, /\.$/u)
      }
    })

    test('progress never falls and stays within 0 and 100', async () => {
      const { progress } = await run(subject.typical.input)
      assert.ok(progress.length > 0)
      progress.reduce((reached, { percent }) => {
        assert.ok(percent >= reached && percent <= 100, `${reached} then ${percent}`)
        return percent
      }, 0)
    })

    test('the same request with the same seed gives the same result', async (t) => {
      if (!subject.engine.isRepeatable) return t.skip('it draws anew each time')
      const [first, second] = [await run(subject.typical.input), await run(subject.typical.input)]
      assert.deepEqual(await bytesOf(first.result), await bytesOf(second.result))
    })

    test('a cancel ends a running request soon, as "cancelled"', async () => {
      const controller = new AbortController()
      const started = Promise.withResolvers<void>()
      const onProgress = (): void => started.resolve()
      const running = subject.engine.submit(
        request(subject.slow),
        await context({ signal: controller.signal, onProgress }),
      )
      await Promise.race([started.promise, running])
      const cancelledAt = performance.now()
      controller.abort('cancelled')
      await assert.rejects(running, { name: 'AfterimageError', code: 'cancelled' })
      assert.ok(performance.now() - cancelledAt < 500)
    })

    test('a picture that cannot be read is named by its field', async () => {
      const [image] = subject.typical.input.images
      assert.ok(image, 'the typical request has a picture')
      const damaged = join(root, 'damaged.png')
      await writeFile(damaged, 'this is not an image')
      const running = subject.engine.submit(
        request(subject.typical.input),
        await context({ imagePath: () => Promise.resolve(damaged) }),
      )
      await assert.rejects(running, (error: Error & { code?: string; issues?: { path: string }[] }) => {
        assert.equal(error.code, 'input_unreadable')
        assert.deepEqual(
          error.issues?.map(({ path }) => path),
          [image.path],
        )
        return true
      })
    })

    test('fails only with codes of the table', async () => {
      const input = { ...subject.typical.input, width: 60_000, height: 60_000, resolution: null }
      await assert.rejects(run(input), (error: Error & { code?: string }) => {
        assert.ok(error.code !== undefined && Object.hasOwn(ERROR_CODES, error.code), String(error))
        assert.notEqual(error.code, 'internal')
        return true
      })
    })
  })
}
