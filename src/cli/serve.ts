/** `afterimage serve`. */
import type { Command } from 'commander'
import { addDataFlag, readSettings } from './settings.ts'

type ServeOptions = { dataDir?: string; host?: string; port?: string }

export function addServeCommand(program: Command): void {
  addDataFlag(program.command('serve').description('run the server'))
    .option('--host <address>', 'address to listen on (AFTERIMAGE_HOST)')
    .option('--port <number>', 'port to listen on (AFTERIMAGE_PORT)')
    .action(async ({ dataDir, host, port }: ServeOptions) => {
      const config = readSettings({ dataDirectory: dataDir, host, port })
      // Loaded only here: the other commands need a tenth of it and start that much faster.
      const { runServer } = await import('./run-server.ts')
      await runServer(config)
    })
}
