/** A parent with one working child: prints the child's pid and waits to be killed. */
import { createProcessPool } from '../../src/engines/local/pool/process-pool.ts'
import { poolOptions, commandTask } from './engine-pool-support.ts'

const pool = createProcessPool(poolOptions())
const [scratchDirectory = '', command = 'hang'] = process.argv.slice(2)
const context = { signal: new AbortController().signal, scratchDirectory, onProgress: () => {} }
const first = await pool.run(commandTask('pid'), context)
void pool.run(commandTask(command), context)
process.stdout.write(`${first.warnings[0]?.message}\n`)
