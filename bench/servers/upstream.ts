/** Our server on emulated vendors: `node bench/servers/upstream.ts SETTINGS FOLDER`. Prints one line of JSON. */
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'

const [settings = '{}', directory = ''] = process.argv.slice(2)
const apiKey = 'bench-key-0123456789abcdef'
const config = readConfig({
  AFTERIMAGE_PORT: '0',
  AFTERIMAGE_DATA_DIR: directory,
  AFTERIMAGE_API_KEY: apiKey,
  AFTERIMAGE_MAX_PENDING_JOBS: '1000000',
  AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '0',
  ...(JSON.parse(settings) as Record<string, string>),
})
const app = await createApp(config, { logger: pino({ level: 'silent' }) })
const { url } = await app.start()
console.log(JSON.stringify({ url, apiKey }))
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)))
