/** Environment and flags become one frozen Config; all faults are reported at once. */
import { readFileSync } from 'node:fs'
import { checkRoutes } from './catalogue/index.ts'
import type { ConfigKey, ConfigValues, Variable } from './config-variables.ts'
import { VARIABLES } from './config-variables.ts'
import type { HomeSettings } from './config-home.ts'
import { homeVariables, readHome } from './config-home.ts'
import type { UpstreamId, UpstreamSettings } from './config-upstreams.ts'
import type { EngineLimits } from './config-limits.ts'
import { limitVariables, readLimits } from './config-limits.ts'
import { readUpstreams, upstreamVariables } from './config-upstreams.ts'
import { closeNames } from './core/close-names.ts'
import type { Issue } from './core/errors.ts'
import { describeRetired, findRetired } from './core/retired-ids.ts'
import { AfterimageError } from './core/errors.ts'

export type Config = ConfigValues & {
  /** Engines elsewhere, by id; an engine without a key serves no model. */
  readonly upstreams: Readonly<Record<UpstreamId, UpstreamSettings>>
  /** Engines on the operator's own machines. */
  readonly home: HomeSettings
  /** By engine id. */
  readonly engineLimits: Readonly<Record<string, EngineLimits>>
  /** Sentences for the operator about settings that have no effect. */
  readonly warnings: readonly string[]
}

export type Environment = Readonly<Record<string, string | undefined>>
/** Values from the command line, as text; they win over the environment. */
export type Flags = Readonly<Partial<Record<ConfigKey, string | undefined>>>

/** Read by other programs of this project, so they are no mistake here: the SDK's base URL. */
const FOREIGN_NAMES = new Set(['AFTERIMAGE_URL'])

type Found = { source: string; text: string } | null

/**
 * @throws AfterimageError `invalid_request` whose message has one line for each faulty setting: its name, what
 *   was found (never of a secret) and what is allowed
 */
export function readConfig(environment: Environment, flags: Flags = {}): Config {
  const issues: Issue[] = []
  const entries = Object.entries(VARIABLES).map(([key, variable]) => {
    try {
      return [key, readVariable(variable, findText(variable, { environment, flag: flags[key as ConfigKey] }))]
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      issues.push({ path: variable.name, message, code: 'invalid_setting' })
      return [key, null]
    }
  })
  const upstreams = readUpstreams(environment, issues)
  const home = readHome(environment, issues)
  const engineLimits = readLimits(environment, issues)
  const values = Object.fromEntries(entries) as ConfigValues
  if (issues.length === 0) issues.push(...contradictions(values))
  if (issues.length > 0) throw invalidConfig(issues)
  return Object.freeze({
    ...values,
    upstreams,
    home,
    engineLimits,
    warnings: Object.freeze([
      ...unknownNames(environment),
      ...cassetteWarnings(values),
      ...moderationWarnings(values),
      ...retiredNames(home),
    ]),
  })
}

/** A flag, else the variable, else the file of a secret. An empty value counts as none. */
function findText(
  variable: Variable,
  { environment, flag }: { environment: Environment; flag: string | undefined },
): Found {
  if (flag !== undefined && flag !== '') return { source: 'the command line', text: flag }
  const text = environment[variable.name] ?? ''
  const file = variable.isSecret === true ? (environment[`${variable.name}_FILE`] ?? '') : ''
  if (text !== '' && file !== '') throw new Error(`set either ${variable.name} or ${variable.name}_FILE`)
  if (file !== '') return { source: `${variable.name}_FILE`, text: readSecret(file) }
  return text === '' ? null : { source: variable.name, text }
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new Error(`the file ${file} cannot be read (${reason})`, { cause: error })
  }
}

function readVariable(variable: Variable, found: Found): unknown {
  const text = found?.text ?? variable.default
  if (text === null) return null
  const result = variable.schema.safeParse(text)
  if (result.success) return result.data
  const shown = variable.isSecret === true ? 'a value' : `"${text.slice(0, 80)}"`
  const [issue] = result.error.issues
  const allowed =
    issue?.code === 'invalid_value' ? `allowed: ${issue.values.join(', ')}` : (issue?.message ?? 'not valid')
  throw new Error(`found ${shown} in ${found?.source ?? 'the default'}; ${allowed}`)
}

/** Settings that are valid each by itself and not together, or not with the catalogue. */
function contradictions(values: ConfigValues): Issue[] {
  const { role, databaseUrl, routes, moderationUrl, moderationCommand } = values
  const issues: Issue[] = checkRoutes(routes ?? {}).map(({ path, message }) => ({
    path: `${VARIABLES.routes.name}: "${path}"`,
    message,
    code: 'invalid_setting',
  }))
  if (moderationUrl !== null && moderationCommand !== null)
    issues.push({
      path: VARIABLES.moderationCommand.name,
      message: `set either it or ${VARIABLES.moderationUrl.name}`,
      code: 'invalid_setting',
    })
  // One process owns a file of SQLite.
  if (databaseUrl !== null || role === 'all') return issues
  const message = `found "${role}", which shares its state with other processes; set DATABASE_URL too, or use "all"`
  return [...issues, { path: VARIABLES.role.name, message, code: 'invalid_setting' }]
}

/** So that nobody takes what is played for what an engine made. */
function cassetteWarnings({ cassettes, cassetteDirectory }: ConfigValues): string[] {
  if (cassettes === null) return []
  const what = cassettes === 'record' ? 'answers of engines are kept in' : 'engines answer from recordings in'
  return [`AFTERIMAGE_CASSETTES=${cassettes}: ${what} ${cassetteDirectory}`]
}

/** Whoever sets a secret believes that something is checked. */
function moderationWarnings({ moderationSecret, moderationUrl, moderationCommand }: ConfigValues): string[] {
  if (moderationSecret === null || moderationUrl !== null) return []
  const { moderationSecret: secret, moderationUrl: url, moderationCommand: command } = VARIABLES
  const way =
    moderationCommand === null ? 'nothing is checked' : `${command.name} decides, which gets no secret`
  return [`${secret.name} is set and ${url.name} is not: ${way}`]
}

function invalidConfig(issues: readonly Issue[]): AfterimageError {
  const lines = issues.map(({ path, message }) => `  ${path}: ${message}`)
  return new AfterimageError('invalid_request', ['The settings are not valid:', ...lines].join('\n'), {
    issues,
  })
}

/** A mistyped name would otherwise have no effect in silence. */
function unknownNames(environment: Environment): string[] {
  const variables: readonly Variable[] = Object.values(VARIABLES)
  const ours: readonly string[] = variables.flatMap(({ name, isSecret }) =>
    isSecret === true ? [name, `${name}_FILE`] : [name],
  )
  const known = [...ours, ...upstreamVariables(), ...homeVariables(), ...limitVariables()]
  return Object.keys(environment)
    .filter((name) => name.startsWith('AFTERIMAGE_') && !known.includes(name))
    .filter((name) => !FOREIGN_NAMES.has(name))
    .map((name) => {
      const [close] = closeNames(name, known, 1)
      return `${name} is not a setting and has no effect${close === undefined ? '.' : `; did you mean ${close}?`}`
    })
}

/** A server of OpenAI's form may pass names on to a vendor that has shut them down; it may also serve them itself. */
function retiredNames({ compatible }: HomeSettings): string[] {
  return (compatible?.models ?? []).flatMap(({ name }) => {
    const retired = name === null ? null : findRetired(name)
    return retired === null ? [] : [`AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: ${describeRetired(retired)}.`]
  })
}
