/** Which engines elsewhere this server may use: their keys keep their vendors' names, their addresses are ours. */
import { readFileSync } from 'node:fs'
import type { ConfiguredKey } from './core/engine-keys.ts'
import { KEY_CHARACTERS } from './core/engine-keys.ts'
import type { Issue } from './core/errors.ts'

export type UpstreamId = (typeof UPSTREAMS)[number]['id']

/** Every vendor and marketplace with the variable of its key; `NAME_FILE` names a file that holds the key instead. */
export const UPSTREAMS = [
  { id: 'openai', title: 'OpenAI', key: 'OPENAI_API_KEY' },
  { id: 'google', title: 'Google', key: 'GEMINI_API_KEY' },
  { id: 'bfl', title: 'Black Forest Labs', key: 'BFL_API_KEY' },
  { id: 'byteplus', title: 'BytePlus', key: 'ARK_API_KEY' },
  { id: 'topaz', title: 'Topaz', key: 'TOPAZ_API_KEY' },
  { id: 'runway', title: 'Runway', key: 'RUNWAYML_API_SECRET' },
  { id: 'ideogram', title: 'Ideogram', key: 'IDEOGRAM_API_KEY' },
  { id: 'luma', title: 'Luma', key: 'LUMA_API_KEY' },
  { id: 'dashscope', title: 'DashScope', key: 'DASHSCOPE_API_KEY' },
  { id: 'fal', title: 'fal', key: 'FAL_KEY' },
  { id: 'replicate', title: 'Replicate', key: 'REPLICATE_API_TOKEN' },
  { id: 'krea', title: 'Krea', key: 'AFTERIMAGE_KREA_API_KEY' },
] as const

export function isUpstreamId(id: string): id is UpstreamId {
  return UPSTREAMS.some((upstream) => upstream.id === id)
}

export type UpstreamSettings = {
  /** The key at this moment, so that a file may change while the server runs; null while there is none. */
  secret: () => string | null
  /** The same with where it comes from, or why there is none. */
  key: () => ConfiguredKey
  /** Replaces the vendor's own address; null keeps it. */
  origin: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** `AFTERIMAGE_OPENAI_BASE_URL`. */
export function baseUrlVariable(id: UpstreamId): string {
  return `AFTERIMAGE_${id.toUpperCase()}_BASE_URL`
}

/** Names that an environment may hold for engines elsewhere and that begin like settings of ours. */
export function upstreamVariables(): string[] {
  return UPSTREAMS.flatMap(({ id, key }) => [key, `${key}_FILE`, baseUrlVariable(id)])
}

/** Nothing is called and no file is read here; faults of addresses are added to `issues`. */
export function readUpstreams(
  environment: Environment,
  issues: Issue[],
): Readonly<Record<UpstreamId, UpstreamSettings>> {
  const entries = UPSTREAMS.map(({ id, key }) => {
    const name = baseUrlVariable(id)
    const origin = environment[name] === '' ? undefined : environment[name]
    if (origin !== undefined && !isAddress(origin))
      issues.push({
        path: name,
        message: `found "${shownAddress(origin)}"; expected an http(s) URL without query, like https://api.example.com/v1`,
        code: 'invalid_setting',
      })
    return [
      id,
      {
        secret: () => readKey(environment, key).secret,
        key: () => readKey(environment, key),
        origin: origin ?? null,
      },
    ] as const
  })
  return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<UpstreamId, UpstreamSettings>>
}

/** Whether a text is an http(s) address to which paths can be added; credentials do not belong into one. */
export function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/u.test(url.protocol) && url.search + url.hash + url.username === ''
}

/** For a message: short, and without what may be a password. */
export function shownAddress(text: string): string {
  return text.replace(/\/\/[^/@]*@/u, '//…@').slice(0, 80)
}

/** A file that cannot be read is no key: the model then says which one to set, and a fixed file works at once. */
export function readSecret(environment: Environment, key: string): string | null {
  return readText(environment, key).secret
}

/** Of a vendor, whose keys have no spaces or line breaks. */
function readKey(environment: Environment, key: string): ConfiguredKey {
  const found = readText(environment, key)
  const where = found.source === 'file' ? `the file that ${key}_FILE names` : key
  return found.source === null ? found : checked(found, where)
}

function readText(environment: Environment, key: string): ConfiguredKey {
  const text = environment[key]?.trim() ?? ''
  const file = environment[`${key}_FILE`] ?? ''
  if (text !== '') return { source: 'environment', secret: text }
  if (file === '') return { source: null, secret: null, fault: null }
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret !== '') return { source: 'file', secret }
    return { source: null, secret: null, fault: `the file that ${key}_FILE names is empty` }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return {
      source: null,
      secret: null,
      fault: `the file that ${key}_FILE names cannot be read (${reason})`,
    }
  }
}

/** As entered keys are checked; only shorter ones pass, too. What is wrong in it is not repeated. */
function checked(found: ConfiguredKey & { secret: string }, place: string): ConfiguredKey {
  if (KEY_CHARACTERS.test(found.secret)) return found
  const fault = `${place} holds a line break or other characters that no key has`
  return { source: null, secret: null, fault }
}
