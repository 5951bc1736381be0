/** `afterimage doctor`: looks at everything that a server needs, changes nothing, and says what to do. */
import type { Command } from 'commander'
import { packageVersion } from '../../app/package-version.ts'
import type { Config } from '../../config.ts'
import { readConfig } from '../../config.ts'
import { isAfterimageError } from '../../core/errors.ts'
import { addStateFlags, type StateOptions } from '../state-place.ts'
import { type Check, fail, ok, warn } from './check.ts'
import { checkClock } from './clock.ts'
import { checkEngines } from './engines.ts'
import { checkDisk, checkFolder, checkNode, checkPort, checkWeights } from './machine.ts'
import { checkModeration } from './moderation.ts'
import { checkSecretKey, checkState, readEngineKeys } from './state.ts'

type DoctorOptions = StateOptions & { host?: string; port?: string; json?: boolean; offline?: boolean }

export function addDoctorCommand(program: Command): void {
  addStateFlags(
    program.command('doctor').description('look at everything that a server needs; nothing is changed'),
  )
    .option('--host <address>', 'address to listen on (AFTERIMAGE_HOST)')
    .option('--port <number>', 'port to listen on (AFTERIMAGE_PORT)')
    .option('--json', 'one JSON object instead of a table')
    .option('--offline', 'ask neither an engine nor the moderation whether it can be reached')
    .action(examine)
}

async function examine(options: DoctorOptions): Promise<void> {
  const checks = await allChecks(options)
  const isOk = checks.every(({ status }) => status !== 'fail')
  console.log(options.json === true ? toJson(checks, isOk) : toTable(checks))
  if (!isOk) process.exitCode = 1
}

async function allChecks(options: DoctorOptions): Promise<Check[]> {
  const node = checkNode(process.version)
  const settings = readSettings(options)
  if ('faults' in settings) return [node, ...settings.faults, await checkWeights()]
  const { config } = settings
  const { checks, isCurrent, secrets } = await checkState(config, options)
  const secretKey = await checkSecretKey(config, secrets)
  const keys = await readEngineKeys(config, isCurrent && secretKey.status !== 'fail')
  const engines = await checkEngines(config, keys, options.offline === true)
  return [
    node,
    ...settingChecks(config),
    await checkFolder(config.dataDirectory),
    await checkDisk(config.dataDirectory, config.minFreeDiskBytes),
    ...checks,
    secretKey,
    await checkPort(config),
    await checkWeights(),
    ...engines.checks,
    await checkModeration(config, options.offline === true),
    checkClock(Date.now(), engines.clocks),
  ]
}

function readSettings({
  dataDir,
  databaseUrl,
  host,
  port,
}: DoctorOptions): { config: Config } | { faults: Check[] } {
  try {
    return { config: readConfig(process.env, { dataDirectory: dataDir, databaseUrl, host, port }) }
  } catch (error) {
    if (!isAfterimageError(error)) throw error
    const fix = 'correct it; docs/reference/configuration.md lists every setting'
    return { faults: error.issues.map(({ path, message }) => fail('settings', `${path}: ${message}`, fix)) }
  }
}

function settingChecks({ warnings }: Config): Check[] {
  if (warnings.length === 0) return [ok('settings', 'valid')]
  return warnings.map((warning) => warn('settings', warning, 'correct it or take it out'))
}

function toTable(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, status, found, fix }) => [
    `${status.padEnd(4)}  ${name.padEnd(width)}  ${found}`,
    ...(fix === null ? [] : [`${' '.repeat(width + 8)}to do: ${fix}`]),
  ])
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length
  const sum = `${count('fail')} to repair, ${count('warn')} to look at, ${count('ok')} in order`
  return [...lines, '', sum].join('\n')
}

function toJson(checks: readonly Check[], isOk: boolean): string {
  return JSON.stringify({ ok: isOk, version: packageVersion(), checks }, null, 2)
}
