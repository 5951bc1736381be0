/** Broken, fuzzed and hostile image files: the probe and the decoder refuse them in our own words, fast. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AfterimageError } from '../../src/core/errors.ts'
import type { ImageInfo } from '../../src/core/job.ts'
import { minimalEnvironment } from '../../src/engines/local/pool/start-child.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { Corpus } from '../support/corpus.ts'
import { openCorpus } from '../support/corpus.ts'
import { createRandom, mutate } from '../support/mutants.ts'
import { share, startProof } from '../support/proof.ts'
import { createSeedImages } from '../support/seed-images.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_124)
const PROBE_MUTANTS = 20_000
const DECODE_MUTANTS = Number(process.env['AFTERIMAGE_TEST_MUTANTS'] ?? share(1200, 20_000))

const { probe, probeSource } = createImageProbe()
const directory = mkdtempSync(join(tmpdir(), 'afterimage-malformed-'))
let seeds: readonly Buffer[] = []
let corpus: Corpus | null = null

before(async () => {
  seeds = [...(await createSeedImages()).values()]
  corpus = openCorpus()
})
after(() => {
  corpus?.dispose()
  rmSync(directory, { recursive: true })
})

/** What the probe says: the header, or our error; anything else fails the test. */
function verdictOf(bytes: Uint8Array, name: string): ImageInfo | AfterimageError {
  try {
    return probe(bytes)
  } catch (error) {
    const { name: kind, code } = error as AfterimageError
    assert.equal(kind, 'AfterimageError', `${name}: ${String(error)}`)
    assert.match(code, /^input_(?:unreadable|too_large)$/u, name)
    return error as AfterimageError
  }
}

/** The best of some tries, because a busy machine may pause any single one. */
function assertFast(bytes: Uint8Array, name: string): void {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now()
    verdictOf(bytes, name)
    return performance.now() - started
  })
  assert.ok(Math.min(...times) < 50, `${name} takes ${Math.min(...times)} ms`)
}

/** The same file at rest must get the same verdict. */
async function assertSameAtRest(bytes: Uint8Array, verdict: ImageInfo | AfterimageError): Promise<void> {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    assert.ok(offset >= 0 && length >= 0 && offset + length <= bytes.length, 'reads lie within the file')
    return bytes.subarray(offset, offset + length)
  }
  const atRest = probeSource({ bytes: bytes.length, read })
  if (verdict instanceof Error) await assert.rejects(atRest, { message: verdict.message })
  else assert.deepEqual(await atRest, verdict)
}

type Line = { path: string; code: string | null; message: string; ms: number; peakMegabytes?: number }

/** Decodes files in a child process, as the server does, and waits for its last line. */
async function decodeAll(
  paths: readonly string[],
): Promise<{ lines: readonly Line[]; peakMegabytes: number }> {
  const script = fileURLToPath(new URL('../support/decode-child.ts', import.meta.url))
  // The allocator's settings too, on which half of the peak depends.
  const env = minimalEnvironment(process.env)
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stdin.end(`${paths.join('\n')}\n`)
  const status = await new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  assert.equal(status, 0, 'the decoder must not crash')
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  assert.equal(lines.length, paths.length + 1)
  return { lines: lines.slice(0, -1), peakMegabytes: lines.at(-1)?.peakMegabytes ?? Number.POSITIVE_INFINITY }
}

function assertGraceful(outcome: Awaited<ReturnType<typeof decodeAll>>, minimum: { refused: number }): void {
  const bad = outcome.lines.filter(
    ({ code }) => code !== null && !/^input_(?:unreadable|too_large)$/u.test(code),
  )
  assert.deepEqual(bad, [])
  assert.deepEqual(
    outcome.lines.filter(({ ms }) => ms > 5000),
    [],
  )
  assert.ok(outcome.lines.filter(({ code }) => code !== null).length >= minimum.refused)
  assert.ok(outcome.peakMegabytes < 512, `${outcome.peakMegabytes} MB`)
}

void describe('malformed images', () => {
  void test('the good seeds themselves pass probe and decoder', async () => {
    const paths = seeds.map((bytes, index) => {
      const path = join(directory, `seed-${index}`)
      writeFileSync(path, bytes)
      return path
    })
    const { lines } = await decodeAll(paths)
    assert.deepEqual(
      lines.filter(({ code }) => code !== null),
      [],
    )
    for (const bytes of seeds) assert.ok(!(verdictOf(bytes, 'seed') instanceof Error))
  })

  void test(
    `${PROBE_MUTANTS} mutants (seed ${SEED}) get a verdict from the probe`,
    { timeout: 1_200_000 },
    async (context) => {
      const proof = startProof(context, '4. mutants before the header reader')
      const random = createRandom(SEED)
      let refused = 0
      for (let index = 0; index < PROBE_MUTANTS; index += 1) {
        const bytes = mutate(seeds, random)
        const verdict = verdictOf(bytes, `mutant ${index} of seed ${SEED}`)
        if (verdict instanceof Error) refused += 1
        if (index % 10 !== 0) continue
        assertFast(bytes, `mutant ${index} of seed ${SEED}`)
        await assertSameAtRest(bytes, verdict)
      }
      assert.ok(refused > PROBE_MUTANTS / 10, `${refused} refused`)
      proof.try(PROBE_MUTANTS)
      proof.end(`${refused} refused`)
    },
  )

  void test(
    `${DECODE_MUTANTS} mutants end as a picture or as our refusal`,
    { timeout: 1_200_000 },
    async (context) => {
      const proof = startProof(context, '4. mutants before the decoder')
      const random = createRandom(SEED + 1)
      const paths = Array.from({ length: DECODE_MUTANTS }, (_, index) => {
        const path = join(directory, `mutant-${index}`)
        writeFileSync(path, mutate(seeds, random))
        return path
      })
      const outcome = await decodeAll(paths)
      assertGraceful(outcome, { refused: DECODE_MUTANTS / 10 })
      proof.try(DECODE_MUTANTS)
      proof.end(`peak ${Math.round(outcome.peakMegabytes)} MB`)
    },
  )

  void test('every truncation of every seed is refused or decodes to a whole picture', async () => {
    for (const bytes of seeds)
      for (let length = 0; length < Math.min(bytes.length, 600); length += 7)
        await assertSameAtRest(
          bytes.subarray(0, length),
          verdictOf(bytes.subarray(0, length), `first ${length} bytes`),
        )
  })

  void test('the corpus: every header gets a verdict, every decode ends gracefully', async (context) => {
    if (corpus === null) {
      context.skip('no corpus')
      return
    }
    const proof = startProof(context, '4. the public corpus before reader and decoder')
    for (const path of corpus.files) {
      proof.try()
      const bytes = readFileSync(path)
      assertFast(bytes, path)
      await assertSameAtRest(bytes, verdictOf(bytes, path))
    }
    assertGraceful(await decodeAll(corpus.files), { refused: 1500 })
    proof.end()
  })
})
