/**
 * UpscalerJS on tfjs-wasm, the fastest of its backends that installs from npm alone.
 * Reads lines `{"network": "gans", "width", "height", "file"}` (raw RGB), answers `{"ms", "width", "height"}`.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
// Its ES modules import folders, which only a bundler resolves.
await build({
  entryPoints: [`${here}upscaler-entry.mjs`],
  outfile: `${here}tmp/upscaler.mjs`,
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['browser', 'module', 'main'],
  external: ['@tensorflow/*'],
})
const { Upscaler, ...models } = await import('./tmp/upscaler.mjs')
setWasmPaths(`${here}node_modules/@tensorflow/tfjs-backend-wasm/dist/`)
await tf.setBackend('wasm')

// It loads weights by URL only.
const files = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://host').pathname
  response.end(readFileSync(`${here}node_modules/@upscalerjs/esrgan-legacy${path}`))
}).listen(0, '127.0.0.1')
await new Promise((resolve) => files.once('listening', resolve))

const upscalers = new Map()
function upscalerOf(network) {
  const definition = network === 'gans' ? models.gans : models.psnrSmall
  if (!upscalers.has(network)) {
    const path = `http://127.0.0.1:${files.address().port}/${definition._internals.path}`
    upscalers.set(network, new Upscaler({ model: { ...definition, path } }))
  }
  return upscalers.get(network)
}

console.log(JSON.stringify({ backend: tf.getBackend(), version: tf.version.tfjs }))
for await (const line of createInterface({ input: process.stdin })) {
  const { network, width, height, file } = JSON.parse(line)
  const picture = tf.tensor3d(new Uint8Array(readFileSync(file)), [height, width, 3], 'int32')
  const startedAt = performance.now()
  const enlarged = await upscalerOf(network).upscale(picture, {
    output: 'tensor',
    patchSize: 128,
    padding: 12,
  })
  await enlarged.data()
  console.log(
    JSON.stringify({
      ms: performance.now() - startedAt,
      width: enlarged.shape[1],
      height: enlarged.shape[0],
    }),
  )
  tf.dispose([picture, enlarged])
}
process.exit(0)
