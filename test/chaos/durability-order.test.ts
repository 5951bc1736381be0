/** The order on the way to the disk, as the kernel saw it: it stands for a power loss, which no test can make. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createCaller } from '../support/app.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import { createPngBomb } from '../support/png.ts'
import { startProof } from '../support/proof.ts'
import { createServerProcess } from '../support/server-process.ts'
import { faultsOf, readTrace } from './syscalls.ts'

const SUBMITS = 1000
const CLIENTS = 8
const TRACED = 'fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg,rename,renameat,renameat2,mkdir,mkdirat'
/** A page of the database, and what strace makes of its unprintable bytes. */
const SHOWN_BYTES = '4200'
/** The vendor does not answer while we watch, so that only submits are in the trace. */
const NEVER_MS = 3_600_000

/** Why there is no tracer here, in one line; false when there is one. In CI this is an error instead. */
function whyNoStrace(): string | false {
  const isThere = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0
  if (isThere) return false
  const reason = 'no strace that may trace: install it (apt-get install strace), on Linux'
  if (process.env['CI'] !== undefined) throw new Error(reason)
  return reason
}

async function submitAll(context: TestContext, directory: string): Promise<string[]> {
  const upstream = await startCountingUpstream(NEVER_MS)
  const settings = {
    ...upstream.settings,
    AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '1',
    AFTERIMAGE_MAX_PENDING_JOBS: String(SUBMITS * 2),
  }
  const wrapper = ['strace', '-D', '-f', '-y', '-s', SHOWN_BYTES]
  const server = await createServerProcess(join(directory, 'data'), settings, {
    wrapper: [...wrapper, '-o', join(directory, 'trace'), '-e', `trace=${TRACED}`],
  })
  context.after(async () => {
    await server.kill()
    await upstream.close()
  })
  await server.start()
  const call = createCaller(server.url, server.apiKey)
  const picture = `data:image/png;base64,${createPngBomb(48, 'rgb8').toString('base64')}`
  const ids: string[] = []
  const client = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const json = { prompt: 'slightly warmer', image_urls: [picture] }
      const { status, body } = await call('/generate/image/openai/gpt-image-2', { json })
      assert.equal(status, 200)
      ids.push(String(body['job_id']))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, () => client(SUBMITS / CLIENTS)))
  await server.kill()
  return ids
}

function readBlobKeys(file: string): Map<string, readonly string[]> {
  const database = new DatabaseSync(file)
  const rows = database.prepare('SELECT id, input_blobs FROM jobs').all() as {
    id: string
    input_blobs: string
  }[]
  database.close()
  return new Map(rows.map((row) => [row.id, JSON.parse(row.input_blobs) as string[]]))
}

void test(
  `${SUBMITS} answers left after the fsync that covers them`,
  { timeout: 1_800_000, skip: whyNoStrace() },
  async (context) => {
    const proof = startProof(context, '3. durability order by strace')
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'afterimage-order-')))
    context.after(() => rmSync(directory, { recursive: true, force: true }))
    const ids = await submitAll(context, directory)
    const data = join(directory, 'data')
    const keys = readBlobKeys(join(data, 'afterimage.db'))
    const places = { log: join(data, 'afterimage.db-wal'), blobs: join(data, 'blobs') }
    const trace = readTrace(readFileSync(join(directory, 'trace'), 'latin1').split('\n'), places)
    for (const jobId of ids) {
      proof.try()
      const accepted = { jobId, blobKeys: keys.get(jobId) ?? [] }
      if (accepted.blobKeys.length !== 1) proof.fail(`${jobId} names ${accepted.blobKeys.length} blobs`)
      for (const fault of faultsOf(trace, places, accepted)) proof.fail(fault)
    }
    const syncs = [...trace.syncs.values()].reduce((sum, spans) => sum + spans.length, 0)
    proof.end(`${trace.calls} system calls, ${syncs} of them syncs`)
  },
)

void test('an answer that comes too early is seen', () => {
  const [jobId, key] = ['11111111-1111-4111-8111-111111111111', 'ab'.padEnd(32, '0')]
  const lines = [
    '7 write(9</d/blobs/tmp/x>, "..."..., 86) = 86',
    '8 fdatasync(9</d/blobs/tmp/x>) = 0',
    '7 mkdir("/d/blobs/ab", 0777) = 0',
    '8 fsync(9</d/blobs>) = 0',
    `8 rename("/d/blobs/tmp/x", "/d/blobs/ab/${key}") = 0`,
    '8 fsync(9</d/blobs/ab> <unfinished ...>',
    '8 <... fsync resumed>) = 0',
    `7 pwrite64(5</d/afterimage.db-wal>, "..${jobId}..", 4096, 32) = 4096`,
    '7 fsync(5</d/afterimage.db-wal>) = 0',
    `7 write(6<socket:[1]>, "HTTP/1.1 200 OK\\r\\n{\\"job_id\\":\\"${jobId}\\"", 300) = 300`,
  ]
  const places = { log: '/d/afterimage.db-wal', blobs: '/d/blobs' }
  const judge = (seen: readonly string[]): string[] =>
    faultsOf(readTrace(seen, places), places, { jobId, blobKeys: [key] })
  assert.deepEqual(judge(lines), [])
  // Every sync is needed: without any one of them, or with it behind the answer, there is a fault.
  for (const [at, line] of lines.entries())
    if (/f(?:data)?sync\(/u.test(line)) {
      const without = lines.filter((_, index) => index !== at)
      assert.equal(judge(without).length, 1, line)
      assert.equal(judge([...without, line.replace(' <unfinished ...>', ') = 0')]).length, 1, line)
    }
})
