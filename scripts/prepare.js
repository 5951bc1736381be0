/**
 * Runs after `npm ci` and builds the Studio where that is possible. Plain JavaScript, because with --omit=dev it runs
 * on whatever Node the machine has; and then, without Vite, there is nothing to build with, which is no fault: the
 * server works without its page and says at `/` how to build it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The first major version whose every release runs TypeScript as it is. */
const OLDEST_NODE = 24
const root = fileURLToPath(new URL('..', import.meta.url))
const canBuild =
  Number.parseInt(process.versions.node, 10) >= OLDEST_NODE &&
  ['node_modules/vite/package.json', 'node_modules/react/package.json', 'web/index.html'].every((file) =>
    existsSync(root + file),
  )

if (canBuild) {
  const { status } = spawnSync(process.execPath, ['scripts/build-studio.ts'], { cwd: root, stdio: 'inherit' })
  if (status !== 0)
    console.error('The Studio was not built; try "npm run build:studio". The API works without it.')
  // A user still gets a server; CI must not go on without the page.
  if (status !== 0 && process.env.CI !== undefined) process.exitCode = 1
} else {
  console.log('The Studio is not built here: that needs the development packages and Node 24.')
}
