/** Requests made from our own OpenAPI document, right and wrong: no 5xx, and every answer is what the document says. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createRandom } from '../support/mutants.ts'
import type { Json, Sent, Target } from '../support/generated-requests.ts'
import { listTargets, PICTURE, requestFor } from '../support/generated-requests.ts'
import { share, startProof } from '../support/proof.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const REQUESTS = share(10_000, 100_000, 3000)
/** The catalogue's own reasons to say that it cannot. */
const DOCUMENTED_5XX = new Set([501, 503, 507])

const random = createRandom(SEED)
const ajv = new Ajv2020({ strict: false, allErrors: false })
addFormats.default(ajv)
let app: TestApp
let targets: readonly Target[] = []
let ids: readonly string[] = []

before(async () => {
  app = await startTestApp()
  const { body } = await app.call('/openapi.json')
  ajv.addSchema({ $id: 'openapi', ...body })
  targets = listTargets(body)
  const asset = await app.upload()
  const job = await app.call('/generate/image/afterimage/edit', {
    json: { image_url: PICTURE, prompt: 'warmer' },
  })
  ids = [asset['id'], job.body['job_id']].map(String)
})
after(() => app.stop())

/** What is wrong with an answer; null when nothing is. */
function faultOf(target: Target, sent: Sent, answer: TestAnswer): string | null {
  const { status, body } = answer
  if (status >= 500 && !DOCUMENTED_5XX.has(status)) return `status ${status}`
  const isSuccess = status < 400
  const ofPath = `openapi#/paths/${target.path.replaceAll('/', '~1')}/${target.method}/responses/${status}/content/application~1json/schema`
  const isDryRun = /[?&]dry_run=(?:1|true)(?:&|$)/u.test(sent.path)
  const ofSuccess = isDryRun ? 'openapi#/components/schemas/DryRun' : ofPath
  const reference = isSuccess ? ofSuccess : 'openapi#/components/schemas/Error'
  const documented = target.operation.responses[String(status)] as { content?: Json } | undefined
  if (isSuccess && documented === undefined) return `status ${status} is not in the document`
  if (isSuccess && documented?.content?.['application/json'] === undefined) return null
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (isSuccess && type !== 'application/json')
    return documented?.content?.[type] === undefined
      ? `status ${status}: ${type} is not in the document`
      : null
  const validate = ajv.getSchema(reference.replaceAll('{', '%7B').replaceAll('}', '%7D'))
  if (validate === undefined) return `no schema at ${reference}`
  return validate(body) === true ? null : `status ${status}: ${ajv.errorsText(validate.errors)}`
}

void describe('requests generated from the OpenAPI document', () => {
  const title = `${REQUESTS} of seed ${SEED}: no 5xx, and every answer fits the document`
  void test(title, { timeout: 3_600_000 }, async (context) => {
    const proof = startProof(context, '7. requests generated from the OpenAPI document')
    const faults = new Map<string, string>()
    const statuses = new Map<number, number>()
    for (let count = 0; count < REQUESTS; count += 1) {
      proof.try()
      const target = targets[count % targets.length] as Target
      const sent = requestFor(random, target, ids)
      const answer = await app.call(sent.path, sent)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const fault = faultOf(target, sent, answer)
      if (fault !== null)
        faults.set(
          `${target.method} ${target.path}: ${fault}`,
          JSON.stringify({ ...sent, answer: answer.body }).slice(0, 600),
        )
    }
    for (const fault of faults) proof.fail(fault.join(': '))
    assert.ok((statuses.get(200) ?? 0) > REQUESTS / 20, 'some of them are accepted')
    proof.end(`${targets.length} operations, ${JSON.stringify(Object.fromEntries(statuses))}`)
  })

  void test('nothing of it reached a prototype', () => {
    assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
  })
})
