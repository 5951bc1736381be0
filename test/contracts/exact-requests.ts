/** What each model sends to each of its vendors, request by request, as a reader would write it down. */
import type { Model } from '../../src/catalogue/index.ts'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { inputSchema } from '../../src/wire/schema.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import type { EmulatedRequest } from '../support/emulators/emulator.ts'
import type { Bench } from './wire-bench.ts'
import { run, useEngine } from './wire-bench.ts'
import type { Body, Schema } from './wire-variants.ts'
import { plainBody, valuesOf } from './wire-variants.ts'

/** One call of the vendor's API; images as `<png 640x480>`, a picture with transparency as `<png 640x480 alpha>`. */
type WrittenRequest = {
  method: string
  path: string
  headers: Readonly<Record<string, string>>
  body: unknown
}
type Written = { requests: WrittenRequest[]; warnings: string[] } | { refused: string[] }

/** `openai/gpt-image-2 through fal: masked` to what was sent. */
export type ExactRequests = Readonly<Record<string, Written>>

const PROMPT = 'turn the logo into a rug'
const MASK = 'left.png'
/** Of the connection, or other for each run. */
const HEADERS_OF_TRANSPORT = /^(?:host|connection|content-length|transfer-encoding|user-agent|accept.*)$/u
/** Shorter texts are no images. */
const MIN_IMAGE_TEXT = 60
const probe = createImageProbe()

/** Of every pair of a model and an engine that serves it: the least request, one with every field, one under a mask. */
export async function writeExactRequests(): Promise<ExactRequests> {
  const written: Record<string, Written> = {}
  for (const [engineId, emulated] of Object.entries(EMULATED_ENGINES))
    await useEngine(emulated, async (bench) => {
      for (const model of createCatalogue().list()) {
        const capabilities = bench.engine.capabilities(model.id)
        if (capabilities === null || !model.engines.some((id) => id === engineId)) continue
        const takesMask = (capabilities.fields['mask_url'] ?? 'unsupported') !== 'unsupported'
        for (const [kind, body] of Object.entries(bodiesOf(model, takesMask)))
          written[`${model.id} through ${engineId}: ${kind}`] = await writeFitting(model, body, bench)
      }
    })
  return written
}

function bodiesOf(model: Model, takesMask: boolean): Readonly<Record<string, Body>> {
  const { properties } = inputSchema(model, 'aliases') as { properties: Readonly<Record<string, Schema>> }
  // Older names of the same fields contradict them.
  const names = model.fields.filter((field) => field.sameAs === undefined).map(({ name }) => name)
  const prompt = names.includes('prompt') ? { prompt: PROMPT } : {}
  const plain = { ...plainBody(model), ...prompt }
  const full = Object.fromEntries(
    names.flatMap((name) =>
      valuesOf(properties[name] ?? {})
        .slice(0, 1)
        .map((value) => [name, value]),
    ),
  )
  return {
    plain,
    'every field': { ...full, ...prompt },
    ...(takesMask ? { masked: { ...plain, afterimage: { mask_url: MASK } } } : {}),
  }
}

/** Some vendors take fewer pictures than a request can name: those beyond that are left out, and told. */
async function writeFitting(model: Model, body: Body, bench: Bench): Promise<Written> {
  const written = await write(model, body, bench)
  if ('requests' in written) return written
  const surplus = written.refused.flatMap((text) => /^too_many_images (\w+)/u.exec(text)?.[1] ?? [])
  if (surplus.length === 0) return written
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !surplus.includes(name)))
  const again = await write(model, rest, bench)
  return 'requests' in again ? { ...again, warnings: [...written.refused, ...again.warnings] } : again
}

async function write(model: Model, body: Body, bench: Bench): Promise<Written> {
  const { emulator } = bench
  const seen = emulator.requests.length
  const { sent, warnings } = await run(model, body, bench)
  const paths = warnings.map(({ code, path }) => `${code} ${path}`)
  if (sent === null) return { refused: paths }
  const words = [
    [emulator.origin, '{origin}'],
    [new URL(emulator.origin).origin, '{host}'],
    [emulator.key, '{key}'],
    [`job-${seen}`, '{job}'],
  ] as const
  const requests = emulator.requests.slice(seen).map((request) => writeDown(request))
  const text = words.reduce((all, [word, name]) => all.replaceAll(word, name), JSON.stringify(requests))
  return { requests: JSON.parse(text) as WrittenRequest[], warnings: paths }
}

function writeDown({ method, path, headers, json, fields, files }: EmulatedRequest): WrittenRequest {
  const kept = Object.entries(headers).filter(([name]) => !HEADERS_OF_TRANSPORT.test(name))
  const form = {
    fields,
    files: files.map(({ name, filename, type, bytes }) => [name, filename, type, nameOf(bytes)]),
  }
  const isEmpty = fields.length + files.length === 0
  return {
    method,
    path,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, value.replace(/;\s*boundary=.*$/su, '')])),
    body: json === undefined ? (isEmpty ? null : form) : withoutBytes(json),
  }
}

function withoutBytes(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (_key, value: unknown) => {
    if (typeof value !== 'string' || value.length < MIN_IMAGE_TEXT) return value
    const [, head = '', data = ''] = /^(data:[\w/]+;base64,)?([A-Za-z0-9+/]+=*)$/su.exec(value) ?? []
    return data === '' ? value : head + nameOf(Buffer.from(data, 'base64'))
  }) as unknown
}

function nameOf(bytes: Buffer): string {
  const { format, width, height, hasAlpha } = probe.probe(bytes)
  return `<${format} ${width}x${height}${hasAlpha ? ' alpha' : ''}>`
}

/** One case a line. */
export function toLines(written: ExactRequests): string {
  return Object.entries(written)
    .map(([name, rest]) => `${JSON.stringify({ case: name, ...rest })}\n`)
    .join('')
}
