/** The moderation: whether it is there to be asked. Nothing is shown to it. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Config } from '../../config.ts'
import { type Check, fail, ok, warn } from './check.ts'
import { reach } from './reach.ts'

const NAME = 'moderation'
/** Names that a shell finds without them. */
const EXTENSIONS = process.platform === 'win32' ? ['', '.exe'] : ['']

type Settings = Pick<Config, 'moderationUrl' | 'moderationCommand' | 'moderationOnFailure'>

/** One bare GET to the endpoint, which decides about nothing; a program is looked for and not started. */
export async function checkModeration(settings: Settings, isOffline: boolean): Promise<Check> {
  const { moderationUrl: url, moderationCommand: command } = settings
  if (url !== null) return checkEndpoint(url, settings, isOffline)
  if (command === null) return { name: NAME, status: 'off', found: 'nothing is configured', fix: null }
  const [program] = command
  const file = findProgram(program, process.env['PATH'] ?? '')
  if (file !== null) return ok(NAME, `${file} can be run`)
  const found = `${program} is no program that can be run here`
  return toFault(settings, found, 'correct AFTERIMAGE_MODERATION_COMMAND, or make the file executable')
}

async function checkEndpoint(url: string, settings: Settings, isOffline: boolean): Promise<Check> {
  const place = new URL(url).host
  if (isOffline) return ok(NAME, `${place}, not asked`)
  const { fault, status } = await reach(url)
  if (status !== null) return ofAnswer(place, status)
  const found = `${place} does not answer (${fault})`
  return toFault(settings, found, 'start the endpoint, or correct AFTERIMAGE_MODERATION_URL')
}

/** What answers a GET so may still take the POST of a decision; but a wrong path and a broken endpoint look the same. */
function ofAnswer(place: string, status: number): Check {
  const isDoubtful = status === 404 || status === 410 || (status >= 300 && status < 400) || status >= 500
  if (!isDoubtful) return ok(NAME, `${place} answers`)
  const found = `${place} answers a bare GET with HTTP ${status}; decisions are asked for with POST, and only 200 is one`
  return warn(
    NAME,
    found,
    'try one job; if it fails, correct AFTERIMAGE_MODERATION_URL or repair the endpoint',
  )
}

function toFault({ moderationOnFailure }: Settings, found: string, fix: string): Check {
  if (moderationOnFailure === 'allow') return warn(NAME, `${found}; jobs pass unchecked`, fix)
  return fail(NAME, `${found}; every job will fail`, fix)
}

/** As the system looks for it: a path is taken as it is, a bare name is looked for in PATH. */
function findProgram(program: string, path: string): string | null {
  const isPath = program.includes('/') || program.includes('\\')
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  const places = isPath ? [program] : folders.map((folder) => join(folder, program))
  const files = places.flatMap((place) => EXTENSIONS.map((extension) => place + extension))
  return files.find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
