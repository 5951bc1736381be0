/** What the machine has to give: Node, the data folder, room, the port, the weights of the neural networks. */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { isAfterimageError } from '../../core/errors.ts'
import { loadWeights, WEIGHTS_DIRECTORY } from '../../engines/local/onnx/manifest.ts'
import { loadRuntime } from '../../engines/local/onnx/runtime.ts'
import { NETWORKS } from '../../engines/local/upscale/networks.ts'
import { portFault } from '../../app/listen.ts'
import { type Check, codeOf, fail, ok, warn } from './check.ts'
import { findRunningServer } from '../running-server.ts'

const NEEDED_NODE = 24
const GiB = 1024 ** 3

/** @param version like `v24.1.0` */
export function checkNode(version: string): Check {
  const major = Number(/^v(\d+)/u.exec(version)?.[1] ?? 0)
  return major >= NEEDED_NODE
    ? ok('node', version)
    : fail('node', version, `install Node ${NEEDED_NODE} or newer`)
}

/** Whether files can be made in the folder, or the folder itself where it is not there yet. */
export async function checkFolder(directory: string): Promise<Check> {
  const name = 'data folder'
  try {
    if (!(await stat(directory)).isDirectory())
      return fail(name, `${directory} is no folder`, 'set AFTERIMAGE_DATA_DIR')
    const probe = join(directory, `doctor-${randomUUID()}`)
    await writeFile(probe, 'a')
    await unlink(probe)
    return ok(name, `${directory}, writable`)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return checkParent(name, directory)
    return fail(name, `${directory} cannot be written (${codeOf(error)})`, 'let this user write there')
  }
}

async function checkParent(name: string, directory: string): Promise<Check> {
  const parent = await existingParent(directory)
  try {
    await access(parent, constants.W_OK)
    return ok(name, `${directory} is not there; the first start makes it`)
  } catch (error) {
    const found = `${directory} is not there, and ${parent} cannot be written (${codeOf(error)})`
    return fail(name, found, 'make the folder, or set AFTERIMAGE_DATA_DIR')
  }
}

async function existingParent(path: string): Promise<string> {
  const parent = dirname(path)
  const isThere = await access(parent).then(
    () => true,
    () => false,
  )
  return isThere || parent === path ? parent : existingParent(parent)
}

/** @param minFreeBytes below which a server refuses new bytes */
export async function checkDisk(directory: string, minFreeBytes: number): Promise<Check> {
  const name = 'disk space'
  try {
    const place = await access(directory).then(
      () => directory,
      () => existingParent(directory),
    )
    const { bavail, bsize } = await statfs(place)
    const free = bavail * bsize
    const found = `${(free / GiB).toFixed(1)} GiB free`
    if (free < minFreeBytes)
      return fail(name, `${found}, and submits are refused`, 'make room; see AFTERIMAGE_MIN_FREE_DISK_BYTES')
    return free < 2 * minFreeBytes + GiB
      ? warn(name, found, 'make room before submits are refused')
      : ok(name, found)
  } catch (error) {
    return fail(name, `the file system cannot be asked (${codeOf(error)})`, 'check AFTERIMAGE_DATA_DIR')
  }
}

/** Free, or held by a server of ours. */
export async function checkPort({
  host,
  port,
  role,
}: Pick<Config, 'host' | 'port' | 'role'>): Promise<Check> {
  const name = 'port'
  if (role === 'worker') return { name, status: 'off', found: 'a worker listens on none', fix: null }
  const bare = host.replace(/^\[(.*)\]$/u, '$1')
  const fault = await tryToListen(bare, port)
  if (fault === null) return ok(name, port === 0 ? `a free one on ${host}` : `${host}, port ${port}, is free`)
  const running = fault === 'EADDRINUSE' ? await findRunningServer({ host, port }) : null
  if (running !== null) return ok(name, `${host}, port ${port}: Afterimage ${running.version} is running`)
  return fail(name, `${host}, port ${port} cannot be used (${fault})`, portFault(fault))
}

function tryToListen(host: string, port: number): Promise<string | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(codeOf(error)))
    server.listen({ host, port }, () => server.close(() => resolve(null)))
  })
}

/** The networks that enlarge: their files are whole, and what runs them is installed. */
export async function checkWeights(directory: string = WEIGHTS_DIRECTORY): Promise<Check> {
  const name = 'local weights'
  try {
    for (const id of Object.keys(NETWORKS)) await loadWeights(directory, id)
  } catch (error) {
    const found = isAfterimageError(error) ? error.message : codeOf(error)
    return fail(name, found, 'install the package again')
  }
  const networks = Object.keys(NETWORKS).join(', ')
  if ((await loadRuntime()) === null)
    return warn(
      name,
      `${networks} are whole, but onnxruntime-node is not there`,
      'install optional dependencies, or enlarge without networks',
    )
  return ok(name, `${networks} are whole`)
}
