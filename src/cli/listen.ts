/** `afterimage listen`: webhooks for a program on this machine, which the server itself would not call. */
import type { Command } from 'commander'
import { AfterimageError } from '../core/errors.ts'
import { pause } from '../core/pause.ts'

type ListenOptions = { forward: string; url?: string; apiKey?: string }
type Message = { sequence: number; headers: Record<string, string>; body: string }
type Server = { url: string; apiKey: string | undefined; signal: AbortSignal }

const DEFAULT_URL = 'http://127.0.0.1:4500'
const WAIT_SECONDS = 20
const FORWARD_TIMEOUT_MS = 15_000
const RETRY_MS = 2000
/** What a receiver needs for the verification, and nothing of our own connection. */
const FORWARDED = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature']

export function addListenCommand(program: Command): void {
  program
    .command('listen')
    .description('forward webhooks to a program on this machine, for development')
    .requiredOption('--forward <address>', 'where to send them, for example http://localhost:3000/hook')
    .option('--url <address>', 'server (AFTERIMAGE_URL)')
    .option('--api-key <key>', 'key of that server (AFTERIMAGE_API_KEY)')
    .action(async ({ forward, url, apiKey }: ListenOptions) => {
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort())
      process.once('SIGTERM', () => stop.abort())
      const server: Server = {
        url: (url ?? process.env['AFTERIMAGE_URL'] ?? DEFAULT_URL).replace(/\/+$/u, ''),
        apiKey: apiKey ?? process.env['AFTERIMAGE_API_KEY'],
        signal: stop.signal,
      }
      await listen(server, assertAddress(forward))
    })
}

function assertAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol)) return text
  throw new AfterimageError('invalid_request', `--forward: expected an http(s) address, found "${text}".`)
}

/**
 * A sink of its own on the server takes the webhooks; this process asks it for news and passes each on as it came, with
 * its signature. The server counts a delivery as done when the sink has it: what the program answers is shown here only.
 */
async function listen(server: Server, forward: string): Promise<void> {
  const sink = (await call(server, '/webhooks/sink', { method: 'POST' })) as { url: string }
  console.log(`Webhooks for this address are forwarded to ${forward}:\n\n  X-Webhook-URL: ${sink.url}\n`)
  console.log('Their secret: GET /keys/current/webhook-secret with the same API key. Ctrl-C ends this.\n')
  const path = new URL(sink.url).pathname
  let cursor = ''
  while (!server.signal.aborted) {
    const page = await readSink(server, `${path}?wait=${WAIT_SECONDS}&cursor=${encodeURIComponent(cursor)}`)
    if (page === null) continue
    for (const message of page.items) console.log(await forwardOne(message, forward, server.signal))
    cursor = page.cursor
  }
}

/** Null while the server cannot be reached: it may be restarting, and then knows the sink again. */
async function readSink(
  server: Server,
  path: string,
): Promise<{ items: readonly Message[]; cursor: string } | null> {
  try {
    return (await call(server, path, {})) as { items: readonly Message[]; cursor: string }
  } catch (error) {
    if (server.signal.aborted) return null
    console.error(`${describe(error)} Trying again.`)
    await pause(RETRY_MS, server.signal).catch(() => null)
    return null
  }
}

async function call(
  { url, apiKey, signal }: Server,
  path: string,
  { method = 'GET' }: { method?: string },
): Promise<unknown> {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const timeout = AbortSignal.timeout((WAIT_SECONDS + 10) * 1000)
  const answer = await fetch(url + path, { method, headers, signal: AbortSignal.any([signal, timeout]) })
  const body = (await answer.json()) as { error?: string }
  if (answer.ok) return body
  throw new AfterimageError('unavailable', `${url} answered ${answer.status}: ${body.error ?? 'no reason'}`)
}

async function forwardOne(message: Message, forward: string, signal: AbortSignal): Promise<string> {
  const begun = performance.now()
  const result = await post(message, forward, signal)
  return `${describeJob(message.body)} -> ${result} in ${Math.round(performance.now() - begun)} ms`
}

async function post({ headers, body }: Message, forward: string, signal: AbortSignal): Promise<string> {
  const sent = Object.entries(headers).filter(([name]) => FORWARDED.includes(name))
  try {
    const timeout = AbortSignal.timeout(FORWARD_TIMEOUT_MS)
    const answer = await fetch(forward, {
      method: 'POST',
      headers: Object.fromEntries(sent),
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    await answer.body?.cancel()
    return `${answer.status}${answer.ok ? '' : ' (over the network this would be sent again)'}`
  } catch (error) {
    return `no answer: ${describe(error)}`
  }
}

function describeJob(body: string): string {
  try {
    const { job_id, status } = JSON.parse(body) as { job_id?: string; status?: string }
    return `${job_id ?? 'no job'} ${status ?? ''}`.trimEnd()
  } catch {
    return 'not a job'
  }
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const text =
    cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : String(cause)
  return text.endsWith('.') ? text : `${text}.`
}
