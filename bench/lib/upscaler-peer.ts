/** UpscalerJS in a process of its own, spoken to by lines of JSON. */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { NetworkId } from '../../src/engines/local/upscale/networks.ts'
import type { Raster } from '../../src/imaging/raster.ts'

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url))

export type UpscalerPeer = {
  /** Milliseconds of one enlargement, loading not counted after the first. */
  enlarge: (network: NetworkId, raster: Raster) => Promise<number>
  stop: () => void
}

/** @throws Error that says how to install the peers */
export async function startUpscalerPeer(): Promise<UpscalerPeer> {
  if (!existsSync(join(FOLDER, 'node_modules')))
    throw new Error('the peers are not installed: npm ci --prefix bench/peers --ignore-scripts')
  const child = spawn(process.execPath, [join(FOLDER, 'upscaler.mjs')], {
    cwd: FOLDER,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error('UpscalerJS ended')
      // The libraries print notes of their own.
      if (value.startsWith('{')) return JSON.parse(value) as Record<string, unknown>
    }
  }
  await read()
  return {
    enlarge: async (network, raster) => {
      const file = join(tmpdir(), `afterimage-bench-${process.pid}.rgb`)
      writeFileSync(
        file,
        raster.data.filter((_, index) => index % 4 !== 3),
      )
      child.stdin.write(`${JSON.stringify({ network, width: raster.width, height: raster.height, file })}\n`)
      return Number((await read())['ms'])
    },
    stop: () => child.stdin.end(),
  }
}
