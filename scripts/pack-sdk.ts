/**
 * Makes the SDK a package of its own, `@afterimage/sdk`: plain JavaScript and types, no dependencies.
 * `node scripts/pack-sdk.ts [folder]` writes the package folder and its tarball (default `dist/`).
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

type RootManifest = { version: string; license: string }

/**
 * Compiles with browser types only, so that a Node API in the SDK is a compile error, and packs the result.
 * @returns the path of the tarball
 */
export function packSdk(outputDirectory: string): string {
  const folder = join(resolve(outputDirectory), 'sdk-package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.sdk.json'), '--outDir', folder], {
    stdio: 'inherit',
  })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(join(ROOT, 'src', 'sdk', 'README.md'), join(folder, 'README.md'))
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', resolve(outputDirectory)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  })
  return join(resolve(outputDirectory), readFilename(packed))
}

function manifest(): Record<string, unknown> {
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as RootManifest
  return {
    name: '@afterimage/sdk',
    version: root.version,
    description:
      'Client of Afterimage and of every server that speaks the Krea API: image to image over HTTP',
    license: root.license,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
    engines: { node: '>=20' },
  }
}

function readFilename(json: string): string {
  const [entry] = Object.values(JSON.parse(json) as Record<string, { filename?: string }>)
  if (entry?.filename === undefined) throw new Error('npm pack did not name its file')
  return entry.filename
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(packSdk(process.argv[2] ?? 'dist'))
