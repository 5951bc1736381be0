/** The time of a key's check tells nothing about the key, and nothing that is kept holds one. */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { hashToken, newToken, toApiKey } from '../../src/app/api-keys.ts'
import { isAfterimageError } from '../../src/core/errors.ts'
import { findUsableKey } from '../../src/http/auth.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { createCaller } from '../support/app.ts'
import { isLong, share, startProof } from '../support/proof.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { TimingAnswer } from '../support/timing.ts'
import { compareTimes, welchT } from '../support/timing.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const COUNT = share(20_000, 100_000, 10_000)
const KEYS = 100
/** How many characters at the end the guesses have wrong; too many to be met by chance. */
const UNKNOWN = 8
const FORMS = ['utf8', 'utf16le', 'base64', 'hex'] as const

const clock = { now: Date.now }
// A refusal's trace takes several times as long as the check, and would hide it.
Error.stackTraceLimit = 0

/** The real check on the real store, among other keys; it must refuse every guess. */
async function startCheck(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-timing-'))
  const state = createSqliteStateStore({ file: join(directory, 'state.sqlite'), clock })
  context.after(async () => {
    await state.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const tokens = Array.from({ length: KEYS }, newToken)
  for (const token of tokens)
    await state.createKey(toApiKey(token, { accountId: 'a', name: 'k', now: clock.now() }))
  const [token = ''] = tokens
  assert.equal((await findUsableKey({ state, clock }, token)).hash, hashToken(token))
  const check = async (guess: string): Promise<void> => {
    const refusal: unknown = await findUsableKey({ state, clock }, guess).catch((error: unknown) => error)
    if (!isAfterimageError(refusal) || refusal.code !== 'unauthorized') throw new Error('a guess was taken')
  }
  const guesses = [() => token.slice(0, -UNKNOWN) + newToken().slice(-UNKNOWN), () => newToken()] as const
  return { token, check, guesses }
}

/** What must never be written: it ends at the first character that differs. */
function isEqualUpToTheFirstDifference(a: string, b: string): boolean {
  for (let at = 0; at < a.length; at += 1) if (a.codePointAt(at) !== b.codePointAt(at)) return false
  return a.length === b.length
}

function tell({ ts, medianNanos }: TimingAnswer): string {
  return `t ${ts.map((t) => t.toFixed(1)).join(', ')}; median ${(medianNanos / 1000).toFixed(1)} µs`
}

void describe('time of a key check', () => {
  const title = `2 × ${COUNT} guesses (seed ${SEED}): those that begin like a key take as long as any`
  void test(title, { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '12. time of a key check')
    const { check, guesses } = await startCheck(context)
    const answer = await compareTimes({ kinds: guesses, operation: check, count: COUNT, seed: SEED })
    proof.try(2 * COUNT)
    if (answer.isTold) proof.fail(`the beginning of a key can be told by the time: ${tell(answer)}`)
    proof.end(tell(answer))
  })

  void test(
    'the same measurement finds a comparison that ends early',
    { timeout: 600_000 },
    async (context) => {
      const proof = startProof(context, '12. the measurement finds a leak')
      const { token, check, guesses } = await startCheck(context)
      const leak = async (guess: string): Promise<void> => {
        if (isEqualUpToTheFirstDifference(guess, token)) throw new Error('a guess was taken')
      }
      const before = async (guess: string): Promise<void> => {
        await leak(guess)
        await check(guess)
      }
      // Beside the whole check its thirty nanoseconds need the many guesses of the long run.
      const leaks = { alone: leak, ...(isLong ? { 'before the real check': before } : {}) }
      const notes: string[] = []
      for (const [where, operation] of Object.entries(leaks)) {
        proof.try(2 * COUNT)
        const answer = await compareTimes({ kinds: guesses, operation, count: COUNT, seed: SEED })
        if (!answer.isTold) proof.fail(`a leak was not found ${where}: ${tell(answer)}`)
        notes.push(`${where}: ${tell(answer)}`)
      }
      proof.end(notes.join('; '))
    },
  )

  void test("Welch's t, by hand", () => {
    // Means 2 and 4, variances 1 and 4: -2 / sqrt(1/3 + 4/3).
    assert.equal(welchT([1, 2, 3], [2, 4, 6]).toFixed(4), '-1.5492')
    assert.equal(welchT([1, 1], [1, 1]), 0)
  })
})

void describe('keys at rest', () => {
  void test('no file and no line of the log holds one, in any form; its hash is kept', async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-at-rest-'))
    const server = await createServerProcess(directory, { AFTERIMAGE_LOG_LEVEL: 'debug' })
    context.after(async () => {
      await server.kill()
      rmSync(directory, { recursive: true, force: true })
    })
    await server.start()
    const call = createCaller(server.url, server.apiKey)
    const made = await call('/keys', { json: { name: 'made', scopes: ['admin'] } })
    const token = String(made.body['token'])
    const mistyped = `${token.slice(0, -1)}!`
    assert.equal((await call('/jobs', { key: token })).status, 200)
    assert.equal((await call('/jobs', { key: mistyped })).status, 401)
    assert.equal(
      (await call('/session', { json: { key: token }, key: null, headers: { origin: server.url } })).status,
      200,
    )
    const json = { prompt: 'x', image_url: 'data:,x' }
    await call('/generate/image/afterimage/edit', { json, key: token })
    const secrets = [server.apiKey, token, mistyped]
    // While it runs: what is kept in the meantime counts too.
    const running = readAll(directory)
    await server.kill('SIGTERM')
    const kept = [...running, ...readAll(directory), Buffer.from(server.output())]
    for (const secret of secrets)
      for (const form of FORMS) {
        const needle =
          form === 'utf8' || form === 'utf16le'
            ? Buffer.from(secret, form)
            : Buffer.from(Buffer.from(secret).toString(form))
        assert.ok(
          kept.every((bytes) => !bytes.includes(needle)),
          `a key lies somewhere as ${form}`,
        )
      }
    assert.ok(
      kept.some((bytes) => bytes.includes(hashToken(token))),
      'the look was into the right files',
    )
  })
})

function readAll(directory: string): Buffer[] {
  return globSync(join(directory, '**/*'), { withFileTypes: false })
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path))
}
