import type { Benchmark } from './run.ts'
import type { BenchServer } from './lib/bench-server.ts'
import { startBenchServer } from './lib/bench-server.ts'
import { photoOfOneMegabyte } from './lib/photo.ts'
import type { Sampled } from './lib/rounds.ts'
import { measureRounds, quantile } from './lib/rounds.ts'
import { renderTable } from './lib/table.ts'

const OPTIONS = { calls: 1, rounds: 150, warmUp: 5 }
/** What the base addresses of both vendors end with. */
const BASE = '/v1'
const PROMPT = 'make it warmer'
const SIZE = { width: 1024, height: 1024 }

type Servers = { ours: BenchServer; openai: BenchServer; bfl: BenchServer }
/** The same work with us in between and without. */
type Pair = { name: string; ours: () => Promise<unknown>; direct: () => Promise<unknown> }

/** One client from its request to the bytes of the result. */
export const benchmark: Benchmark = {
  title:
    'What we add to a call of a vendor, from the request to the bytes of the result, one client: our whole server in ' +
    'front of an emulated vendor against a client that calls it directly. Ours also checks and stores the picture, ' +
    'journals the call, cleans what goes out and checks and stores the result.',
  run: async () => {
    const photo = await photoOfOneMegabyte()
    const servers = await startServers()
    try {
      const rows: (string | number)[][] = []
      for (const { name, ours, direct } of pairsOf(servers, photo)) {
        const sampled = await measureRounds(
          [
            { name: 'direct', run: direct },
            { name: 'ours', run: ours },
          ],
          OPTIONS,
        )
        rows.push([name, ...figuresOf(sampled)])
      }
      const head = [
        'call',
        'direct p50 ms',
        'direct p99 ms',
        'ours p50 ms',
        'ours p99 ms',
        'added p50 ms',
        'added p99 ms',
      ]
      const note = `Photograph ${(photo.length / 1e6).toFixed(2)} MB; ${OPTIONS.rounds} pairs of calls, in turn. The emulated vendors answer at once.`
      return `${note}\n\n${renderTable(head, rows)}`
    } finally {
      await Promise.all(Object.values(servers).map((server) => server.stop()))
    }
  },
}

async function startServers(): Promise<Servers> {
  const [openai, bfl] = [
    await startBenchServer('emulator.ts', 'openai'),
    await startBenchServer('emulator.ts', 'bfl'),
  ]
  const settings = {
    OPENAI_API_KEY: keyOf(openai),
    AFTERIMAGE_OPENAI_BASE_URL: openai.url + BASE,
    BFL_API_KEY: keyOf(bfl),
    AFTERIMAGE_BFL_BASE_URL: bfl.url + BASE,
    AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '127.0.0.1',
  }
  return { openai, bfl, ours: await startBenchServer('upstream.ts', JSON.stringify(settings)) }
}

function keyOf({ headers }: BenchServer): string {
  return (headers['authorization'] ?? '').replace('Bearer ', '')
}

/** Pair by pair, as they were taken in turn: drift of the machine is in neither. */
function figuresOf([direct, ours]: readonly Sampled[]): number[] {
  const [before, after] = [direct?.samples ?? [], ours?.samples ?? []]
  const added = after.map((ms, index) => ms - (before[index] ?? Number.NaN))
  return [before, after, added].flatMap((samples) => [quantile(samples, 0.5), quantile(samples, 0.99)])
}

function pairsOf(servers: Servers, photo: Buffer): Pair[] {
  const { openai, bfl } = servers
  const image = `data:image/jpeg;base64,${photo.toString('base64')}`
  return [
    {
      name: 'OpenAI, edit of a photograph',
      direct: () => editAtOpenAi(openai, photo),
      ours: () => runJob(servers.ours, 'openai/gpt-image-2', { ...SIZE, image_urls: [image] }),
    },
    {
      name: 'OpenAI, words alone',
      direct: () => paintAtOpenAi(openai),
      ours: () => runJob(servers.ours, 'openai/gpt-image-2', SIZE),
    },
    {
      name: 'Black Forest Labs, words alone, polled and downloaded',
      direct: () => paintAtBfl(bfl),
      ours: () => runJob(servers.ours, 'bfl/flux-1.1-pro', SIZE),
    },
  ]
}

async function runJob({ call, headers }: BenchServer, model: string, fields: object): Promise<number> {
  const body = JSON.stringify({ prompt: PROMPT, ...fields })
  const { job_id: id } = (await call('POST', `/generate/image/${model}`, body)) as { job_id: string }
  const job = (await call('GET', `/jobs/${id}?wait=20`)) as { status: string; result: { urls: string[] } }
  const [url = ''] = job.result.urls
  if (job.status !== 'completed') throw new Error(`${model}: ${JSON.stringify(job)}`)
  return (await bytesOf(url, { headers: { ...headers } })).length
}

async function editAtOpenAi(server: BenchServer, photo: Buffer): Promise<number> {
  const form = new FormData()
  form.set('model', 'gpt-image-2')
  form.set('prompt', PROMPT)
  form.set('size', '1024x1024')
  form.append('image', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'photo.jpg')
  const authorization = server.headers['authorization'] ?? ''
  return decodedLength(
    await jsonOf(`${server.url}${BASE}/images/edits`, {
      method: 'POST',
      headers: { authorization },
      body: form,
    }),
  )
}

async function paintAtOpenAi(server: BenchServer): Promise<number> {
  const body = JSON.stringify({ model: 'gpt-image-2', prompt: PROMPT, size: '1024x1024' })
  return decodedLength(
    await jsonOf(`${server.url}${BASE}/images/generations`, {
      method: 'POST',
      headers: server.headers,
      body,
    }),
  )
}

function decodedLength(answer: unknown): number {
  const [first] = (answer as { data: { b64_json: string }[] }).data
  return Buffer.from(first?.b64_json ?? '', 'base64').length
}

async function paintAtBfl(server: BenchServer): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-key': keyOf(server) }
  const body = JSON.stringify({ prompt: PROMPT, ...SIZE })
  const { polling_url: url } = (await jsonOf(`${server.url}${BASE}/flux-pro-1.1`, {
    method: 'POST',
    headers,
    body,
  })) as {
    polling_url: string
  }
  const { result } = (await jsonOf(url, { headers })) as { result: { sample: string } }
  return (await bytesOf(result.sample, {})).length
}

async function jsonOf(url: string, options: RequestInit): Promise<unknown> {
  return JSON.parse((await bytesOf(url, options)).toString('utf8')) as unknown
}

async function bytesOf(url: string, options: RequestInit): Promise<Buffer> {
  const answer = await fetch(url, options)
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (!answer.ok || bytes.length === 0)
    throw new Error(`${url}: ${answer.status} ${bytes.toString('utf8').slice(0, 200)}`)
  return bytes
}
