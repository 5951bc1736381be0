#!/usr/bin/env node
// Plain JavaScript for any Node: the program itself needs Node 24, which comes with the package `node`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
// An installed package has no sources; a checkout must not run what an older build left in dist/.
const source = new URL('../src/cli/main.ts', import.meta.url)
const main = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url)

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await import(main.href)
else runWithNewerNode()

function runWithNewerNode() {
  const node = findNode()
  if (node === null) {
    process.stderr.write(
      `afterimage needs Node ${NEEDED} or newer; this is ${process.version}. Install it, or: npm install node@${NEEDED}\n`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl+C reaches the child from the terminal already; a second one from here would mean "stop at once".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

/** The executable of the npm package `node`, where it is installed and was not skipped. */
function findNode() {
  try {
    const require = createRequire(import.meta.url)
    const name = process.platform === 'win32' ? 'node.exe' : 'node'
    const path = join(dirname(require.resolve('node/package.json')), 'bin', name)
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}
