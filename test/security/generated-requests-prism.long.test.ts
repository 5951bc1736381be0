/**
 * The same generated requests through Prism's validating proxy: other people's reading of our OpenAPI document finds no
 * answer that the document does not have.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { Json, Sent, Target } from '../support/generated-requests.ts'
import { listTargets, PICTURE, requestFor } from '../support/generated-requests.ts'
import { createRandom } from '../support/mutants.ts'
import { share, startProof } from '../support/proof.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const REQUESTS = share(500, 5000)
const FOLDER = fileURLToPath(new URL('../conformance/prism/node_modules/', import.meta.url))
const PROGRAM = join(FOLDER, '@stoplight', 'prism-cli', 'dist', 'index.js')
const isInstalled = existsSync(PROGRAM)
const hint = 'needs Prism: npm ci --ignore-scripts --prefix test/conformance/prism'
if (!isInstalled && process.env['CI'] !== undefined) throw new Error(`CI must not skip this: ${hint}`)

/** What is wrong is told in a field, and a hostile body has much that is wrong. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024
/** The catalogue's own reasons to say that it cannot. */
const DOCUMENTED_5XX = new Set([501, 503, 507])
/** A path of the document that Prism gets and nobody serves: its 404 lacks what is required, so Prism must object. */
const CONTROL = '/objection'

type Violation = { location: readonly string[]; message: string }
/** `isTold`: false where Prism hung up, or has more to say than fits into a field, nearly all of it of the request. */
type Answer = { status: number; violations: readonly Violation[]; isTold: boolean }

/** Starts the proxy before the server; it is gone with the test. */
async function startPrism(context: TestContext, { app, document }: { app: TestApp; document: Json }) {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-prism-'))
  const file = join(directory, 'openapi.json')
  writeFileSync(file, JSON.stringify(document))
  const args = [PROGRAM, 'proxy', '--host', '127.0.0.1', '--port', '0', file, app.url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  context.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(directory, { recursive: true, force: true })
  })
  const listening = Promise.withResolvers<string>()
  let output = ''
  const read = (chunk: Buffer): void => {
    if (output.length < 1_000_000) output += chunk.toString()
    const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/u.exec(output)?.[1]
    if (url !== undefined) listening.resolve(url)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  child.once('exit', () => listening.reject(new Error(`Prism ended:\n${output.slice(-2000)}`)))
  return listening.promise
}

function createSender(url: string, key: string): (sent: Sent) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true })
  return ({ path, method, headers, json }) =>
    new Promise((resolve) => {
      const body = json === undefined ? '' : JSON.stringify(json)
      const type = json === undefined ? {} : { 'content-type': 'application/json' }
      const length = { 'content-length': String(Buffer.byteLength(body)) }
      const all = { authorization: `Bearer ${key}`, ...type, ...headers, ...(body === '' ? {} : length) }
      const sending = request(
        url + path,
        { method, headers: all, agent, maxHeaderSize: MAX_HEADER_BYTES },
        (answer) => {
          answer.resume()
          answer.once('end', () => {
            const told = String(answer.headers['sl-violations'] ?? '[]')
            const isTold = told.startsWith('[')
            const violations = isTold ? (JSON.parse(told) as readonly Violation[]) : []
            resolve({ status: answer.statusCode ?? 0, violations, isTold })
          })
        },
      )
      // Prism hangs up on some of what is hostile; that is counted, and bounded.
      sending.once('error', () => resolve({ status: 0, violations: [], isTold: false }))
      sending.end(body)
    })
}

/** Names in a body that no field may hold make Prism 5.16 end: it puts them into one. */
function killsPrism({ json }: Sent): boolean {
  return /[^\x20-\x7e]|\\[nrtu]/u.test(JSON.stringify(json) ?? '')
}

/** What Prism holds against the answer, and not against the request. */
function objections({ violations }: Answer): string[] {
  return violations
    .filter(({ location }) => location[0] === 'response')
    .map(({ location, message }) => `${location.join('.')}: ${message}`)
}

void test(
  `${REQUESTS} generated requests (seed ${SEED}) through Prism: no answer that the document does not have`,
  { timeout: 3_600_000, skip: isInstalled ? false : hint },
  async (context) => {
    const proof = startProof(context, '7. generated requests through Prism')
    const app = await startTestApp()
    context.after(() => app.stop())
    const document = (await app.call('/openapi.json')).body
    const asset = await app.upload()
    const json = { image_url: PICTURE, prompt: 'warmer' }
    const job = await app.call('/generate/image/afterimage/edit', { json })
    const ids = [asset['id'], job.body['job_id']].map(String)
    const url = await startPrism(context, { app, document: withControl(document) })
    const send = createSender(url, app.key)
    const control = await send({ path: CONTROL, method: 'GET', headers: {}, json: undefined })
    assert.equal(objections(control).length, 1, `Prism objects where it must: ${JSON.stringify(control)}`)

    const random = createRandom(SEED)
    const targets = listTargets(document)
    const statuses = new Map<number, number>()
    let untold = 0
    const next = (target: Target): Sent => {
      for (;;) {
        const sent = requestFor(random, target, ids)
        // It announces the body of such an operation to the server and then does not send it.
        if (target.operation.requestBody === undefined) return { ...sent, json: undefined }
        if (!killsPrism(sent)) return sent
      }
    }
    for (let count = 0; count < REQUESTS; count += 1) {
      proof.try()
      const target = targets[count % targets.length] as Target
      const sent = next(target)
      const answer = await send(sent)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      if (!answer.isTold) untold += 1
      const faults = objections(answer)
      if (answer.status >= 500 && !DOCUMENTED_5XX.has(answer.status)) faults.push(`status ${answer.status}`)
      if (faults.length > 0)
        proof.fail(
          `${sent.method} ${sent.path.slice(0, 300)}: ${answer.status}, ${faults.join('; ').slice(0, 500)}`,
        )
    }
    assert.ok(untold < REQUESTS / 5, `${untold} answers with too much to tell`)
    assert.ok((statuses.get(200) ?? 0) > REQUESTS / 20, 'some of them are accepted')
    proof.end(
      `${targets.length} operations, ${untold} with too much to tell, ${JSON.stringify(Object.fromEntries(statuses))}`,
    )
  },
)

function withControl(document: Json): Json {
  const schema = { type: 'object', required: ['never_there'] }
  const responses = { 404: { description: '-', content: { 'application/json': { schema } } } }
  return { ...document, paths: { ...(document['paths'] as Json), [CONTROL]: { get: { responses } } } }
}
