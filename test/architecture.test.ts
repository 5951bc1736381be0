/** Holds the import table of ARCHITECTURE.md: who may import whom. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'

/** Folder under src/ to the folders it may import besides itself. `*` means all. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  catalogue: ['core'],
  wire: ['core', 'catalogue'],
  net: ['core'],
  imaging: ['core'],
  engines: ['core', 'net', 'imaging'],
  state: ['core'],
  blobs: ['core'],
  moderation: ['core'],
  webhooks: ['core', 'wire', 'net'],
  worker: ['core'],
  http: ['core', 'catalogue', 'wire'],
  sdk: ['wire/types.ts'],
  app: ['*'],
  cli: ['*'],
  '.': ['*'],
}
/** Packages that would break a promise of their folder: core is pure, the SDK runs in a browser. */
const NO_PACKAGES = new Set(['core', 'sdk'])
const IMPORT = /^\s*(?:import|export)\b[^'"]*?\bfrom\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gmu

function layerOf(file: string): string {
  const [first, second] = file.split('/')
  return second === undefined ? '.' : (first ?? '.')
}

function violation(file: string, target: string): string | null {
  const layer = layerOf(file)
  if (!target.startsWith('.')) {
    const isAllowed = !NO_PACKAGES.has(layer) || (layer === 'core' && target.startsWith('node:'))
    return isAllowed ? null : `${file}: ${layer} must not import the package ${target}`
  }
  const path = normalize(join(dirname(file), target))
  const allowed = MAY_IMPORT[layer] ?? []
  const isEngineSibling =
    layer === 'engines' && layerOf(path) === 'engines' && path.split('/')[1] !== file.split('/')[1]
  if (isEngineSibling && path.split('/').length > 2)
    return `${file}: engines must not import each other (${path})`
  if (
    layerOf(path) === layer ||
    allowed.includes('*') ||
    allowed.includes(layerOf(path)) ||
    allowed.includes(path)
  )
    return null
  return `${file}: ${layer} must not import ${path}`
}

test('folders import only what the table allows', () => {
  const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))
  assert.ok(files.length > 5, 'the test must see the sources')
  const violations = files.flatMap((path) => {
    const file = relative('src', path).replaceAll('\\', '/')
    const imports = [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    return imports.map((target) => violation(file, target)).filter((text) => text !== null)
  })
  assert.deepEqual(violations, [])
})

test('the rule itself catches an outward import, a sibling and a package', () => {
  assert.match(String(violation('core/job.ts', '../state/sqlite.ts')), /core must not import/u)
  assert.match(String(violation('core/job.ts', 'zod')), /package zod/u)
  assert.match(String(violation('engines/local/a.ts', '../openai/b.ts')), /each other/u)
  assert.match(String(violation('sdk/client.ts', '../wire/parse.ts')), /sdk must not import/u)
  assert.equal(violation('sdk/client.ts', '../wire/types.ts'), null)
})
