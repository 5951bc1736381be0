/** Collects every fault of a request, so that a caller sees all of them at once. */
import type { Issue } from '../../core/errors.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { Warning } from '../../core/job.ts'

export type IssueCode =
  | 'unrecognized_key'
  | 'required'
  | 'too_small'
  | 'too_big'
  | 'too_short'
  | 'too_long'
  | 'too_few'
  | 'too_many'
  | 'invalid_type'
  | 'invalid_value'
  | 'conflict'

export type Issues = {
  /** Answers undefined, the value of what is not valid. */
  add: (path: string, code: IssueCode, message: string) => undefined
  /** Something that is ignored, but does not make the request invalid. */
  warn: (warning: Warning) => void
  readonly warnings: readonly Warning[]
  /** @throws AfterimageError `invalid_request` with everything that was added, if anything was */
  throwIfAny: () => void
}

/** A body with a million unknown keys must not become an answer with a million lines. */
const MAX_ISSUES = 50
const MAX_IN_MESSAGE = 5
const MAX_PATH = 120

export function createIssues(): Issues {
  const issues: Issue[] = []
  const warnings: Warning[] = []
  let omitted = 0
  return {
    add: (path, code, message): undefined => {
      if (issues.length < MAX_ISSUES) issues.push({ path: shorten(path, MAX_PATH), message, code })
      else omitted += 1
    },
    warn: (warning) => {
      if (warnings.length < MAX_ISSUES) warnings.push({ ...warning, path: shorten(warning.path, MAX_PATH) })
    },
    warnings,
    throwIfAny: () => {
      if (issues.length > 0)
        throw new AfterimageError('invalid_request', summarise(issues, omitted), { issues })
    },
  }
}

function summarise(issues: readonly Issue[], omitted: number): string {
  const told = issues.slice(0, MAX_IN_MESSAGE)
  const rest = issues.length - told.length + omitted
  const text = told.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return rest === 0 ? `${text}.` : `${text}; and ${rest} more.`
}

/** Never longer than `max`, and says so. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`
}

/** Longer text could be a prompt or a picture, which no message may repeat. */
const MAX_QUOTED = 40

/** What was found, for messages: the value where it is short and harmless, else its kind. */
export function describe(value: unknown): string {
  if (value === null) return 'found null'
  if (Array.isArray(value)) return `found a list of ${value.length}`
  if (value === undefined) return 'found nothing'
  if (typeof value === 'number' || typeof value === 'boolean') return `found ${value}`
  if (typeof value !== 'string') return 'found an object'
  const isQuoted = value.length <= MAX_QUOTED
  return isQuoted ? `found ${JSON.stringify(value)}` : `found text of ${value.length} characters`
}
