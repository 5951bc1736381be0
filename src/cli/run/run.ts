/** What `afterimage run` does, from the words of the command line to the exit code. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { isAfterimageError } from '../../core/errors.ts'
import type { OutputFormat } from '../../core/job.ts'
import { createImageProbe } from '../../imaging/probe.ts'
import { AuthenticationError, KreaAPIError } from '../../sdk/index.ts'
import { readSettings } from '../settings.ts'
import { readWords } from './arguments.ts'
import { cacheDirectory } from './cache-directory.ts'
import type { Reporter } from './events.ts'
import { watchInterrupts } from './interrupt.ts'
import { readModel } from './model.ts'
import type { OpenJobs } from './open-jobs.ts'
import { createOpenJobs } from './open-jobs.ts'
import { createRecords } from './records.ts'
import { createBarsReporter } from './report-bars.ts'
import { createJsonReporter } from './report-json.ts'
import { createPlainReporter } from './report-plain.ts'
import type { RequestFlags } from './request.ts'
import { buildRequest } from './request.ts'
import type { RunEnd } from './run-files.ts'
import { runFiles } from './run-files.ts'
import type { RunServer } from './server.ts'
import { openServer } from './server.ts'
import type { TargetOptions } from './targets.ts'
import { nameTargets } from './targets.ts'

/** The options as commander reads them. */
export type RunFlags = Partial<Omit<RequestFlags, 'instruction' | 'set' | 'format'>> & {
  output?: string
  outPattern?: string
  model: string
  format?: OutputFormat
  set?: readonly string[]
  concurrency: number
  json?: boolean
  force?: boolean
  url?: string
  apiKey?: string
  dataDir?: string
}

const EXIT = { done: 0, failed: 1, usage: 2 } as const

/** Answers the exit code; what is wrong with the command itself is told in one sentence. */
export async function run(words: readonly string[], flags: RunFlags): Promise<number> {
  let display: Display | null = null
  const say = (sentence: string): void => (display?.reporter.say ?? console.error)(sentence)
  const stop = watchInterrupts({
    onFirst: () => {
      say(stopSentence(flags))
      display?.openJobs.stop()
    },
    onSecond: () => {
      say('Cancelling what still runs.')
      display?.openJobs.abandon()
    },
    onLeave: () => display?.reporter.close(null),
  })
  try {
    const config = readSettings({ dataDirectory: flags.dataDir })
    const end = await runOnServer(words, {
      flags,
      config,
      isStopping: stop.isStopping,
      onDisplay: (created) => (display = created),
    })
    return stop.exitCode() ?? exitCodeOf(end)
  } catch (error) {
    return explain(error)
  } finally {
    stop.release()
  }
}

type Display = { reporter: Reporter; openJobs: OpenJobs }

type RunContext = {
  flags: RunFlags
  config: Config
  isStopping: () => boolean
  onDisplay: (display: Display) => void
}

async function runOnServer(words: readonly string[], context: RunContext): Promise<RunEnd> {
  const { flags, config, isStopping } = context
  const { files, instruction } = await readWords(words)
  const server = await openServer({
    url: serverUrl(flags),
    apiKey: flags.apiKey,
    config,
    say: (sentence) => console.error(`afterimage: ${sentence}`),
  })
  try {
    const model = await readModel(server.client, flags.model)
    const targets = nameTargets(files, toTargetOptions(flags, model.operation))
    const request = buildRequest(model, { set: [], ...flags, instruction, format: targets.format })
    const reporter = chooseReporter(flags, files.length)
    const openJobs = createOpenJobs(server.client)
    context.onDisplay({ reporter, openJobs })
    const deps = {
      server,
      model,
      request,
      reporter,
      openJobs,
      isStopping,
      records: createRecords(recordsFolder(server, config)),
      limits: {
        probe: createImageProbe({ maxPixels: config.maxInputPixels }),
        maxBytes: config.maxInputBytes,
      },
      isForced: flags.force === true,
    }
    const tasks = files.map((input, index) => ({ input, target: targets.paths[index] ?? input }))
    const end = await runFiles(deps, tasks, flags.concurrency)
    reporter.close(end)
    return end
  } finally {
    await server.close()
  }
}

function serverUrl({ url }: RunFlags): string | null {
  const given = url ?? process.env['AFTERIMAGE_URL'] ?? ''
  return given === '' ? null : given
}

function toTargetOptions({ output, outPattern, format }: RunFlags, operation: string): TargetOptions {
  return { output, pattern: outPattern, format, operation }
}

/** Beside the database whose jobs they name; for a remote server in a folder of the user. */
function recordsFolder({ id, isLocal }: RunServer, { dataDirectory }: Config): string {
  if (isLocal) return join(dataDirectory, 'runs')
  return join(cacheDirectory(), 'runs', createHash('sha256').update(id).digest('hex').slice(0, 16))
}

function chooseReporter({ json }: RunFlags, total: number): Reporter {
  const streams = { out: process.stdout, err: process.stderr }
  if (json === true) return createJsonReporter(streams)
  return process.stderr.isTTY ? createBarsReporter(process.stderr, total) : createPlainReporter(streams)
}

function stopSentence({ force }: RunFlags): string {
  const command = force === true ? 'the same command without --force' : 'the same command'
  return `Stopping: nothing more is submitted, what waits is cancelled; waiting for what runs. Ctrl-C again cancels that too. To go on later: ${command}.`
}

function exitCodeOf({ failed, refusal }: RunEnd): number {
  if (refusal !== null) return EXIT.usage
  return failed > 0 ? EXIT.failed : EXIT.done
}

/** One sentence for what the user can mend, the whole trace for what only we can. */
function explain(error: unknown): number {
  const isKnown = (isAfterimageError(error) && error.code !== 'internal') || error instanceof KreaAPIError
  console.error(isKnown ? `afterimage: ${error.message}` : error)
  const isUsage = isAfterimageError(error) && error.code === 'invalid_request'
  return isUsage || error instanceof AuthenticationError ? EXIT.usage : EXIT.failed
}
