/** JSON bodies, read with suspicion: from the network, before anybody has looked at them. */
import { isUtf8 } from 'node:buffer'
import { AfterimageError } from '../core/errors.ts'

/** Requests nest three or four levels; hostile ones a million. */
const MAX_DEPTH = 32
/** Requests have some dozens, prompts some more; a million members take seconds to look at, in which nobody is served. */
const MAX_MARKS = 20_000
/** What members are told apart by, and what opens a level: one that the parser stands in takes sixty bytes for its one. */
const MARKS = [
  [',', 'commas'],
  ['[', 'opening brackets'],
  ['{', 'opening braces'],
] as const
const BYTE_ORDER_MARK = 0xfeff
/** Assigning these to an object somewhere downstream would change its prototype. */
const FORBIDDEN_NAMES = new Set(['__proto__'])

/**
 * The value of a JSON body; undefined when it is empty, so that a DELETE which only announces JSON passes.
 * Of keys that occur twice the last one counts. Text is never walked, because it may be an image of 100 MB.
 * @throws AfterimageError `malformed_json`, `invalid_request` (nested too deeply, too many members, a forbidden name)
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  // Decoding would replace bad bytes in silence, and the prompt with them.
  if (!isUtf8(bytes)) throw new AfterimageError('malformed_json', 'The body is not valid UTF-8.')
  assertShort(bytes)
  const text = bytes.toString('utf8')
  const value = parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text)
  assertSafe(value)
  return value
}

/** Before parsing, which would build it all. A picture in base64 has none of these, so this costs next to nothing. */
function assertShort(bytes: Buffer): void {
  for (const [mark, name] of MARKS)
    if (hasMore(bytes, mark.charCodeAt(0))) throw refusal('', `The body has more than ${MAX_MARKS} ${name}.`)
}

function hasMore(bytes: Buffer, mark: number): boolean {
  let count = 0
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1))
    if ((count += 1) > MAX_MARKS) return true
  return false
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AfterimageError('malformed_json', `The body is not valid JSON${position(error)}.`, {
      cause: error,
    })
  }
}

/** Only the position: the parser's own message quotes the body. */
function position(error: unknown): string {
  const found = error instanceof Error ? /at position (\d+)/u.exec(error.message)?.[1] : undefined
  return found === undefined ? '' : ` (at character ${found})`
}

/** Without recursion, because the depth is what is in doubt. */
function assertSafe(root: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_DEPTH) throw refusal('', `The body is nested deeper than ${MAX_DEPTH} levels.`)
    for (const [name, member] of Object.entries(value)) {
      if (FORBIDDEN_NAMES.has(name))
        throw refusal(name, `The body has a member "${name}", which is not allowed.`)
      open.push({ value: member, depth: depth + 1 })
    }
  }
}

/** @param path empty for the body; never with names of the caller's choice, one of which may be a secret gone astray */
function refusal(path: string, message: string): AfterimageError {
  return new AfterimageError('invalid_request', message, {
    issues: [{ path, message, code: 'invalid_request' }],
  })
}
