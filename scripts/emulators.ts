/**
 * `npm run emulators`: an emulator of every engine on loopback, so that each can be tried without a key.
 * Prints the settings that point a server at them; ends on Ctrl-C.
 *
 *   --port N          the first port; one more for each emulator (4600); 0 takes free ones
 *   --only A,B        these engines
 *   --fault A=NAME    what an engine answers always; NAME alone is for all of them; may be repeated
 *   --out PATH        writes the settings there too (not --env-file: Node takes that for a flag of its own)
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Emulator, EmulatorFault } from '../test/support/emulators/emulator.ts'
import { startEmulator } from '../test/support/emulators/emulator.ts'
import type { EmulatedId } from '../test/support/emulators/index.ts'
import { EMULATIONS, emulatorSettings } from '../test/support/emulators/index.ts'
import type { Control } from './emulators/control.ts'
import { FAULTS, startControl } from './emulators/control.ts'

type Options = {
  port: number
  engines: readonly EmulatedId[]
  faults: readonly { engine: EmulatedId | 'all'; fault: EmulatorFault }[]
  envFile: string | null
}

const FIRST_PORT = 4600
const MAX_PORT = 65_535
/** So that a day of trying does not fill the memory. */
const KEEP_REQUESTS = 100
const ENGINES = Object.keys(EMULATIONS) as EmulatedId[]

/** A mistake of the caller's, told in one line. */
class UsageError extends Error {}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(FIRST_PORT) },
      only: { type: 'string', default: ENGINES.join(',') },
      fault: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  })
  const port = /^\d{1,5}$/u.test(values.port) ? Number(values.port) : MAX_PORT + 1
  if (port > MAX_PORT - ENGINES.length)
    throw new UsageError(`--port ${values.port}: expected 0 to ${MAX_PORT - ENGINES.length}`)
  return {
    port,
    engines: values.only.split(',').map((name) => oneOf(ENGINES, name, '--only')),
    faults: values.fault.map(readFault),
    envFile: values.out ?? null,
  }
}

function readFault(text: string): Options['faults'][number] {
  const [first = '', second] = text.split('=', 2)
  return second === undefined
    ? { engine: 'all', fault: oneOf(FAULTS, first, '--fault') }
    : { engine: oneOf(ENGINES, first, '--fault'), fault: oneOf(FAULTS, second, '--fault') }
}

function oneOf<Name extends string>(names: readonly Name[], text: string, flag: string): Name {
  const found = names.find((name) => name === text.trim())
  if (found === undefined) throw new UsageError(`${flag}: found "${text}"; allowed: ${names.join(', ')}`)
  return found
}

/** @throws UsageError for a port that is taken */
async function startAll({
  port,
  engines,
}: Options): Promise<{ emulators: Map<EmulatedId, Emulator>; control: Control }> {
  const emulators = new Map<EmulatedId, Emulator>()
  const portOf = (index: number): number => (port === 0 ? 0 : port + index)
  try {
    for (const id of engines) {
      const options = { port: portOf(ENGINES.indexOf(id) + 1), keep: KEEP_REQUESTS }
      emulators.set(id, await startEmulator(EMULATIONS[id](), options))
    }
    return { emulators, control: await startControl(emulators, portOf(0)) }
  } catch (error) {
    await closeAll(emulators.values())
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new UsageError(`${error.message}; give another --port, or 0`)
    throw error
  }
}

async function closeAll(parts: Iterable<Pick<Emulator, 'close'>>): Promise<void> {
  await Promise.all([...parts].map((part) => part.close()))
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const { emulators, control } = await startAll(options)
  for (const { engine, fault } of options.faults)
    for (const [id, emulator] of emulators)
      if (engine === 'all' || engine === id) emulator.failAlways('submit', fault)
  const lines = Object.entries(emulatorSettings(emulators)).map(([name, value]) => `${name}=${value}`)
  if (options.envFile !== null) writeFileSync(options.envFile, `${lines.join('\n')}\n`)
  console.log(lines.map((line) => `export ${line}`).join('\n'))
  console.error(
    `\n${emulators.size} emulators run. Paste the lines above into the shell of your server, then: npm start\n` +
      `Faults: curl -X PUT ${control.url}/faults/openai -d '{"fault": "rate_limited", "times": 1}'\n` +
      `        or write [emulate:rate_limited] into a prompt. All names: curl ${control.url}/\n` +
      'Ctrl-C ends them.',
  )
  const stop = (): void => void closeAll([...emulators.values(), control]).then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

try {
  await main()
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error)
  console.error(isUsage ? error.message : error)
  process.exitCode = 1
}
