/** Our server with an engine that costs nothing: `node bench/servers/app.ts noop|hang FOLDER`. Prints one line of JSON. */
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/core/engine.ts'
import { encodeImage } from '../../src/imaging/encode.ts'
import { createRaster } from '../../src/imaging/raster.ts'

const [kind = 'noop', directory = ''] = process.argv.slice(2)
const apiKey = 'bench-key-0123456789abcdef'
const picture = await encodeImage(createRaster(8, 8), { format: 'png', quality: null })

/** `noop` answers at once with a tiny picture; `hang` never ends, so that only accepting is measured. */
const engine: Engine = {
  id: 'google',
  kind: 'sync',
  isRepeatable: true,
  queue: 'google',
  capabilities: () => ({
    operations: ['edit', 'generate'],
    maxImages: 14,
    outputFormats: ['png'],
    fields: { prompt: 'native', image_urls: 'native' },
  }),
  submit: (_request, { signal }) =>
    kind === 'noop'
      ? Promise.resolve({
          handle: null,
          status: {
            state: 'completed',
            outputs: [{ kind: 'bytes', bytes: picture }],
            warnings: [],
            recipe: null,
            geometry: null,
            cost: null,
          },
        })
      : new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
}

const config = readConfig({
  AFTERIMAGE_PORT: '0',
  AFTERIMAGE_DATA_DIR: directory,
  AFTERIMAGE_API_KEY: apiKey,
  AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '64',
  AFTERIMAGE_MAX_PENDING_JOBS: '1000000',
  AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '0',
})
const app = await createApp(config, { engines: [engine], logger: pino({ level: 'silent' }) })
const { url } = await app.start()
console.log(JSON.stringify({ url, apiKey }))
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)))
