/** Writes test/contracts/exact-requests.jsonl: what every model sends to each of its vendors. Read the diff before you commit it. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toLines, writeExactRequests } from '../test/contracts/exact-requests.ts'

const written = await writeExactRequests()
const file = fileURLToPath(new URL('../test/contracts/exact-requests.jsonl', import.meta.url))
writeFileSync(file, toLines(written))
console.log(`${file}: ${Object.keys(written).length} requests`)
