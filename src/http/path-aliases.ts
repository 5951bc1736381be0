/** Paths that clients in the wild use although no document has them. Only lenient mode accepts them. */

const MODELS: Readonly<Record<string, string>> = {
  'runway/gen-4': 'runway/gen-4-image',
  'seedream/seedream-4': 'bytedance/seedream-4',
  'bfl/flux': 'bfl/flux-1-dev',
  'bfl/flux-1': 'bfl/flux-1-dev',
  'bfl/flux-kontext': 'bfl/flux-1-kontext-dev',
  'bfl/flux-1-dev-kontext': 'bfl/flux-1-kontext-dev',
  'openai/chatgpt-image': 'openai/gpt-image',
}
/** Nano Banana under two wrong providers. */
const NANO_BANANA = /^(?:krea|nano-banana)\/(nano-banana[\w-]*)$/u
const VERSION_PREFIX = /^\/v1(?=\/)/u

/** The id of the document for one that only clients know; any other id unchanged. */
export function resolveModelAlias(id: string): string {
  return Object.hasOwn(MODELS, id) ? (MODELS[id] ?? id) : id.replace(NANO_BANANA, 'google/$1')
}

/** The path without `/v1`, which some clients put in front of everything. */
export function dropVersionPrefix(url: string): string {
  return url.replace(VERSION_PREFIX, '')
}
