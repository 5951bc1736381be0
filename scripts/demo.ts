/**
 * `npm run demo`: a real server on a free port, five edits of a photograph through the HTTP API, one contact sheet.
 * Nothing is left but the results in `tmp/demo` (another folder: `npm run demo -- --out FOLDER`).
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { Afterimage } from '../src/sdk/index.ts'
import { drawContactSheet } from './demo/contact-sheet.ts'
import { EDITS } from './demo/edits.ts'
import type { DemoResult } from './demo/run-edits.ts'
import { runEdit } from './demo/run-edits.ts'
import { renderTable } from './demo/table.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PHOTO = join(ROOT, 'assets/samples/raccoon.jpg')
/** An eye; so small that its pixels show, and that the network is done with it in seconds. */
const DETAIL = { left: 493, top: 244, width: 160, height: 120 }

async function demo(out: string): Promise<void> {
  mkdirSync(out, { recursive: true })
  const photo = readFileSync(PHOTO)
  const detail = await sharp(photo).extract(DETAIL).png().toBuffer()
  const dataDirectory = mkdtempSync(join(tmpdir(), 'afterimage-demo-'))
  try {
    const results = await withServer(dataDirectory, (client) => runAll(client, { photo, detail }))
    const files = results.map(({ edit, bytes }) => ({ name: `${edit.name}.png`, bytes }))
    const sheet = { name: 'contact-sheet.png', bytes: await drawContactSheet(photo, detail, results) }
    for (const { name, bytes } of [...files, sheet]) writeFileSync(join(out, name), bytes)
    console.log(renderTable(results))
    console.log(`\nBefore and after: ${relative(process.cwd(), join(out, sheet.name))}`)
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

/** Only these settings: keys and addresses in the environment of the user play no part. */
async function withServer<Result>(
  dataDirectory: string,
  use: (client: Afterimage) => Promise<Result>,
): Promise<Result> {
  const app = await createApp(readConfig({ AFTERIMAGE_PORT: '0', AFTERIMAGE_DATA_DIR: dataDirectory }))
  try {
    const { url, access } = await app.start()
    if (access.kind !== 'created') throw new Error('a new data folder had a key already')
    console.log(`Server: ${url}\n`)
    return await use(new Afterimage({ baseUrl: url, apiKey: access.token }))
  } finally {
    await app.stop()
  }
}

/** One after the other, so that the times are those of the edits and not of a queue. */
async function runAll(
  client: Afterimage,
  sources: Readonly<Record<'photo' | 'detail', Buffer>>,
): Promise<DemoResult[]> {
  const photo = await client.assets.upload(sources.photo, { filename: 'photo.jpg' })
  const detail = await client.assets.upload(sources.detail, { filename: 'detail.png' })
  const uploaded = {
    photo: { bytes: sources.photo, url: photo.image_url },
    detail: { bytes: sources.detail, url: detail.image_url },
  }
  const results: DemoResult[] = []
  for (const edit of EDITS) {
    const result = await runEdit(client, edit, uploaded[edit.source]).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${edit.title}: ${reason}`, { cause: error })
    })
    console.log(`${results.length + 1} of ${EDITS.length}  ${edit.title}  ${(result.ms / 1000).toFixed(1)} s`)
    results.push(result)
  }
  console.log('')
  return results
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'tmp/demo') } } })
try {
  const startedAt = performance.now()
  await demo(resolve(values.out))
  console.log(`Done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
