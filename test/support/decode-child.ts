/**
 * Decodes every file named on standard input (one a line) and answers one JSON line each:
 * `{path, code, message, ms}`; `code` is null for a picture, `foreign` for an error that is not ours.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { isAfterimageError } from '../../src/core/errors.ts'
import { decodeImage } from '../../src/imaging/decode.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'

async function verdictOf(path: string): Promise<{ code: string | null; message: string }> {
  try {
    const { raster, info } = await decodeImage(path)
    const probed = createImageProbe().probe(readFileSync(path))
    const isWhole = raster.data.length === raster.width * raster.height * 4
    const isTold = raster.width === info.width && raster.height === info.height
    // Decoders take the size of the largest frame for GIFs whose screen size is implausible.
    const isProbed =
      info.format === 'gif' || (raster.width === probed.width && raster.height === probed.height)
    return {
      code: isWhole && isTold && isProbed ? null : 'inconsistent',
      message: JSON.stringify({ probed, decoded: [raster.width, raster.height] }),
    }
  } catch (error) {
    return { code: isAfterimageError(error) ? error.code : 'foreign', message: String(error) }
  }
}

// As a pixel process does.
sharp.cache(false)

for await (const path of createInterface({ input: process.stdin })) {
  const started = performance.now()
  const verdict = await verdictOf(path)
  process.stdout.write(`${JSON.stringify({ path, ...verdict, ms: performance.now() - started })}\n`)
}
process.stdout.write(`${JSON.stringify({ peakMegabytes: process.resourceUsage().maxRSS / 1024 })}\n`)
