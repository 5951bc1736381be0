/** `afterimage serve` and `afterimage worker`. */
import type { Command } from 'commander'
import { readSettings } from './settings.ts'
import { addStateFlags, type StateOptions } from './state-place.ts'

type ServeOptions = StateOptions & { host?: string; port?: string }

export function addServeCommand(program: Command): void {
  addStateFlags(program.command('serve').description('run the server'))
    .option('--host <address>', 'address to listen on (AFTERIMAGE_HOST)')
    .option('--port <number>', 'port to listen on (AFTERIMAGE_PORT)')
    .action(async ({ dataDir, databaseUrl, host, port }: ServeOptions) => {
      const config = readSettings({ dataDirectory: dataDir, databaseUrl, host, port })
      // Loaded only here: the other commands need a tenth of it and start that much faster.
      const { runServer, runWorker } = await import('./run-server.ts')
      await (config.role === 'worker' ? runWorker(config) : runServer(config))
    })
}

export function addWorkerCommand(program: Command): void {
  addStateFlags(
    program.command('worker').description('run jobs of a shared Postgres and answer no requests'),
  ).action(async ({ dataDir, databaseUrl }: StateOptions) => {
    const config = readSettings({ dataDirectory: dataDir, databaseUrl, role: 'worker' })
    const { runWorker } = await import('./run-server.ts')
    await runWorker(config)
  })
}
