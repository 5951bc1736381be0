/** `npm run build:studio`: the page of `web/` into dist/studio, with its text files compressed beside themselves. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

/** What a browser loads before anything can be used, in bytes of gzipped script. */
const FIRST_LOAD_LIMIT = 200_000

const root = fileURLToPath(new URL('..', import.meta.url))
const output = join(root, 'dist/studio')

await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' })
for (const name of globSync('studio/*.{js,css,svg}', { cwd: output })) compress(join(output, name))

const size = firstLoadBytes()
console.log(`Studio: ${(size / 1000).toFixed(1)} kB of gzipped script at first load, in dist/studio`)
if (size > FIRST_LOAD_LIMIT)
  throw new Error(
    `The first load is ${size} bytes of gzipped script; at most ${FIRST_LOAD_LIMIT} are allowed.`,
  )

function compress(file: string): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }))
}

/** Scripts that index.html names, preloaded ones included. */
function firstLoadBytes(): number {
  const page = readFileSync(join(output, 'index.html'), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="\.\/(studio\/[^"]+\.js)"/gu)].map(
    (match) => match[1] ?? '',
  )
  return scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(output, name))).length, 0)
}
