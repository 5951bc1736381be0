// Image to image with the SDK: node image-to-image.mjs <file or URL> "<instruction>" [output]
import { readFile, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { Krea } from '@afterimage/sdk'

const [image, prompt, named] = process.argv.slice(2)
if (prompt === undefined) {
  console.error('usage: node image-to-image.mjs <file or URL> "<instruction>" [output]')
  process.exit(2)
}

const krea = new Krea({
  apiKey: process.env.AFTERIMAGE_API_KEY,
  baseUrl: process.env.AFTERIMAGE_URL ?? 'http://127.0.0.1:4500',
})

/** A URL goes as it is; a file is uploaded once and can be used again by its address. */
async function toUrl(source) {
  if (/^https?:/u.test(source)) return source
  const asset = await krea.assets.upload(new Blob([await readFile(source)]), { filename: source })
  return asset.image_url
}

const job = await krea.image('google/nano-banana-pro', { image_urls: [await toUrl(image)], prompt })
console.log(`Job ${job.job_id}: ${job.status}`)

const completed = await krea.jobs.wait(job.job_id, { intervalMs: 2000 })
for (const warning of completed.warnings ?? []) console.log(`Note: ${warning.message}`)

// Result addresses are public: no Authorization is sent with them.
const [url] = completed.result.urls
const output = named ?? `result${extname(new URL(url).pathname)}`
const picture = await fetch(url)
await writeFile(output, Buffer.from(await picture.arrayBuffer()))
console.log(`Saved ${output}`)
