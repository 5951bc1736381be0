/** No spelling of a path and no name of a file leads out of where files are meant to be. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createPngBomb } from '../support/png.ts'
import { startProof } from '../support/proof.ts'
import { exchange, statusesIn } from '../support/raw-http.ts'

const PATIENCE_MS = 20_000
const CANARY = 'canary-that-nobody-may-see'
/** The key is made when it is needed first, which is never here. */
const CANARIES = ['canary', 'data/canary', 'data/secret.key', 'data/blobs/canary'] as const
const PICTURE = createPngBomb(8, 'rgb8')

let app: TestApp
let fileName = ''
let assetId = ''
before(async () => {
  app = await startTestApp()
  const asset = await app.upload()
  assetId = String(asset['id'])
  fileName = new URL(String(asset['image_url'])).pathname.split('/').at(-1) ?? ''
  for (const path of CANARIES) writeFileSync(join(app.directory, path), CANARY)
})
after(() => app.stop())

/** Ways up, each tried below every folder of the server and with each target. */
const CLIMBS = [
  '../',
  '../../',
  '../../../../../../../../',
  '..%2f',
  '..%2F..%2F',
  '%2e%2e/',
  '%2e%2e%2f',
  '%2E%2E%2F%2E%2E%2F',
  '.%2e/',
  '..%252f',
  '%252e%252e%252f',
  '....//',
  '..../',
  '..;/',
  '..\\',
  '..%5c',
  '..%5c..%5c',
  '%c0%ae%c0%ae%c0%af',
  '%e0%80%ae%e0%80%ae/',
  '%uff0e%uff0e/',
  '%00../',
  '..%00/',
  '..%0d%0a/',
  './.././',
  '//',
  '/%2f',
  'file:///',
  'C:%5c',
  '~/',
] as const
const TARGETS = ['canary', 'data/canary', 'afterimage.db', 'secret.key', 'etc/passwd'] as const

function folders(): string[] {
  return [
    '/',
    '/files/',
    `/files/${fileName}/`,
    '/studio/',
    `/assets/${assetId}/`,
    '/jobs/',
    '/models/',
    '/v1/',
  ]
}

/** What those files say. */
const SECRETS = [CANARY, 'SQLite format 3', 'root:x:0'] as const

void describe('paths', () => {
  void test('no spelling of a path reads a file that is not for reading', async (context) => {
    const proof = startProof(context, '10. path traversal')
    const urls = folders().flatMap((folder) =>
      CLIMBS.flatMap((climb) => TARGETS.map((target) => folder + climb + target)),
    )
    const ask = async (path: string): Promise<void> => {
      proof.try()
      const head = [`GET ${path} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${app.key}`]
      const { text } = await exchange(
        app.url,
        `${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`,
        PATIENCE_MS,
      )
      const [status = 0] = statusesIn(text)
      if (status < 400 || status >= 500) proof.fail(`${path}: ${status}`)
      if (SECRETS.some((secret) => text.includes(secret))) proof.fail(`${path} tells a secret`)
    }
    for (let at = 0; at < urls.length; at += 50) await Promise.all(urls.slice(at, at + 50).map(ask))
    assert.equal((await app.call(`/files/${fileName}`, { key: null })).status, 200, 'files are served')
    proof.end(`${folders().length} folders, ${CLIMBS.length} ways up, ${TARGETS.length} targets`)
  })

  void test('no name of an uploaded file becomes a path', async (context) => {
    const proof = startProof(context, '10. names of files')
    const before = listFiles()
    for (const name of NAMES) {
      proof.try()
      const { status, body } = await uploadAs(name)
      if (status >= 500) proof.fail(`${JSON.stringify(name)}: ${status}`)
      if (status !== 200) continue
      const { pathname } = new URL(String(body['image_url']))
      if (!/^\/files\/[\da-f]{32}\.png$/u.test(pathname)) proof.fail(`${JSON.stringify(name)}: ${pathname}`)
      const file = await app.call(`${pathname}?download=1`, { key: null })
      const disposition = file.headers.get('content-disposition') ?? ''
      if (!/^attachment; filename="[\da-f]{32}\.png"$/u.test(disposition))
        proof.fail(`${JSON.stringify(name)}: ${disposition}`)
      if (!file.bytes.equals(PICTURE)) proof.fail(`${JSON.stringify(name)}: other bytes`)
    }
    const strange = listFiles().filter(
      (path) => !before.includes(path) && !/blobs.[\da-f]{2}(?:.[\da-f]{32})?$/u.test(path),
    )
    if (strange.length > 0) proof.fail(`files that were not there: ${strange.join(', ')}`)
    for (const path of CANARIES) assert.equal(readFileSync(join(app.directory, path), 'utf8'), CANARY)
    proof.end()
  })
})

/** Temporary files of SQLite come and go. */
function listFiles(): string[] {
  return globSync(join(app.directory, '**', '*')).filter((path) => !/-(?:wal|shm|journal)$/u.test(path))
}

/** The name as it stands between the quotes of the form. */
async function uploadAs(name: string) {
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n`
  return app.call('/assets', {
    method: 'POST',
    body: Buffer.concat([Buffer.from(head), PICTURE, Buffer.from('\r\n--b--\r\n')]),
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
}

const NAMES = [
  '../canary',
  '../../canary',
  '../data/canary',
  '../blobs/canary',
  '/etc/passwd',
  '/canary',
  './canary',
  '..',
  '.',
  '...',
  '~',
  '~root/.ssh/authorized_keys',
  '..\\canary',
  '..\\..\\canary',
  'C:\\\\Windows\\\\win.ini',
  '\\\\\\\\host\\\\share\\\\x.png',
  '..%2fcanary',
  '%2e%2e%2fcanary',
  '%00',
  'a.png%00.html',
  'a.png\0.html',
  'a.png/../../canary',
  'a.html',
  'a.svg',
  'a.php.png',
  '.htaccess',
  'secret.key',
  'afterimage.db',
  'afterimage.db-wal',
  'con',
  'nul.png',
  'aux:stream',
  '-rf',
  '$(touch canary)',
  '`touch canary`',
  '; touch canary',
  '| touch canary',
  '\u202egnp.exe',
  '\uff0e\uff0e\uff0fcanary',
  'x'.repeat(300),
  `${'../'.repeat(80)}canary`,
  ' ',
  'a\tb.png',
  '__proto__',
  "utf-8''..%2f..%2fcanary",
] as const
