/** An emulated vendor: `node bench/servers/emulator.ts ID FOLDER`. Prints one line of JSON. */
import { startEmulator } from '../../test/support/emulators/emulator.ts'
import type { EmulatedId } from '../../test/support/emulators/index.ts'
import { EMULATIONS } from '../../test/support/emulators/index.ts'

const id = process.argv[2] as EmulatedId
const { origin, key, close } = await startEmulator(EMULATIONS[id]())
console.log(JSON.stringify({ url: new URL(origin).origin, apiKey: key }))
process.on('SIGTERM', () => void close().then(() => process.exit(0)))
