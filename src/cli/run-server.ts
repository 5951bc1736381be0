/** The server, or a worker, in the foreground, until a signal ends it. */
import { createApp } from '../app.ts'
import { createWorkerProcess } from '../app/worker-process.ts'
import type { Config } from '../config.ts'
import { greet } from './greeting.ts'
import { fail } from './report.ts'
import { explainStart } from './running-server.ts'

type Process = { stop: () => Promise<void> }

/** Starts it and prints what a user needs next. @throws AfterimageError that names the server in its way, if it is ours */
export async function runServer(config: Config): Promise<void> {
  try {
    await start(config)
  } catch (error) {
    throw await explainStart(error, config)
  }
}

async function start(config: Config): Promise<void> {
  const app = await createApp(config)
  const { url, access, signInUrl } = await app.start().catch(async (error: unknown) => {
    await app.stop()
    throw error
  })
  stopOnSignals(app)
  console.log(greet({ url, access, signInUrl, config }))
}

/** Starts a worker. */
export async function runWorker(config: Config): Promise<void> {
  const worker = await createWorkerProcess(config)
  worker.start()
  stopOnSignals(worker)
  console.log('Afterimage runs jobs of the database; it listens on no port.')
}

/** The first signal ends what runs and gives waiting jobs back; the second one is for those who cannot wait. */
function stopOnSignals(running: Process): void {
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1)
    isStopping = true
    console.error(`afterimage: ${signal}, stopping; once more to stop at once`)
    running.stop().then(() => process.exit(0), fail)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
