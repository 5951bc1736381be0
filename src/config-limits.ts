/** How much of an engine is asked for at once, and how long it may take. */
import { HOME_ENGINES } from './config-home.ts'
import { UPSTREAMS } from './config-upstreams.ts'
import type { Issue } from './core/errors.ts'

export type EngineLimits = {
  /** Jobs that run at once on the engine's key, over all processes of one state. */
  concurrency: number
  /** How long one attempt may take; null: as long as any job. */
  timeoutSeconds: number | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** Nobody publishes a number for most vendors; this many have always been possible. */
const DEFAULT_CONCURRENCY = 16
/**
 * Black Forest Labs takes 24 active tasks (docs.bfl.ai, November 2026). A machine at home makes one picture at a time;
 * what lies behind an address of OpenAI's form may be more than one.
 */
const CONCURRENCY: Readonly<Record<string, number>> = {
  bfl: 24,
  comfyui: 1,
  sdcpp: 1,
  a1111: 1,
  'openai-compatible': 4,
}
/** A graphics card at home may take longer than any vendor. */
const HOME_TIMEOUT_SECONDS = 3600
const KINDS = [
  { suffix: 'CONCURRENCY', unit: 'jobs', max: 1000 },
  { suffix: 'TIMEOUT_SECONDS', unit: 'seconds', max: 86_400 },
] as const
type Kind = (typeof KINDS)[number]

/** Every engine elsewhere or at home, with the limits that it has when nobody says otherwise. */
export function defaultLimits(): { id: string; title: string; limits: EngineLimits }[] {
  const homes: ReadonlySet<string> = new Set(HOME_ENGINES.map(({ id }) => id))
  return [...UPSTREAMS, ...HOME_ENGINES].map(({ id, title }) => ({
    id,
    title,
    limits: {
      concurrency: CONCURRENCY[id] ?? DEFAULT_CONCURRENCY,
      timeoutSeconds: homes.has(id) ? HOME_TIMEOUT_SECONDS : null,
    },
  }))
}

/** `AFTERIMAGE_BFL_CONCURRENCY`, `AFTERIMAGE_BFL_TIMEOUT_SECONDS`. */
export function limitVariable(id: string, suffix: Kind['suffix']): string {
  return `AFTERIMAGE_${id.toUpperCase().replaceAll('-', '_')}_${suffix}`
}

/** Names of all these settings. */
export function limitVariables(): string[] {
  return defaultLimits().flatMap(({ id }) => KINDS.map(({ suffix }) => limitVariable(id, suffix)))
}

/** By engine id; faults are added to `issues`. */
export function readLimits(
  environment: Environment,
  issues: Issue[],
): Readonly<Record<string, EngineLimits>> {
  const entries = defaultLimits().map(({ id, limits }) => {
    const [concurrency, timeoutSeconds] = KINDS.map((kind) => readLimit(environment, { id, kind, issues }))
    return [
      id,
      {
        concurrency: concurrency ?? limits.concurrency,
        timeoutSeconds: timeoutSeconds ?? limits.timeoutSeconds,
      },
    ] as const
  })
  return Object.freeze(Object.fromEntries(entries))
}

type Wanted = { id: string; kind: Kind; issues: Issue[] }

function readLimit(
  environment: Environment,
  { id, kind: { suffix, unit, max }, issues }: Wanted,
): number | null {
  const path = limitVariable(id, suffix)
  const text = environment[path] ?? ''
  if (text === '') return null
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  const message = `found "${text.slice(0, 80)}"; expected a whole number of ${unit} from 1 to ${max}`
  issues.push({ path, message, code: 'invalid_setting' })
  return null
}
