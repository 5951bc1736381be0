/** `afterimage`: compiled code is kept between starts, so everything else is loaded after that is switched on. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runProgram } = await import('./program.ts')
await runProgram(process.argv)
