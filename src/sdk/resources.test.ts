import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jobJson, startScriptedServer } from '../../test/sdk/scripted-server.ts'
import type { Received, Reply, ScriptedServer } from '../../test/sdk/scripted-server.ts'
import { Krea } from './index.ts'

async function start(
  script: (request: Received, index: number) => Reply,
): Promise<{ krea: Krea; server: ScriptedServer }> {
  const server = await startScriptedServer(script)
  return { krea: new Krea({ apiKey: 'k', baseUrl: server.url }), server }
}

/** Seven jobs, three a page, the cursor being the next number. */
const paged = ({ url }: Received): Reply => {
  const from = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 1)
  const items = [0, 1, 2].map((offset) => from + offset).filter((id) => id <= 7)
  const next = from + 3
  return {
    body: {
      items: items.map((id) => jobJson(`j${id}`, 'completed')),
      next_cursor: next <= 7 ? String(next) : null,
    },
  }
}

void describe('jobs', () => {
  void test('list: awaited it is one page, iterated it is all of them', async () => {
    const { krea, server } = await start(paged)
    try {
      const page = await krea.jobs.list({ limit: 3, status: 'completed', types: ['externalImage', 'flux'] })
      assert.equal(page.items.length, 3)
      assert.equal(page.next_cursor, '4')
      assert.equal(server.received[0]?.url, '/jobs?limit=3&status=completed&types=externalImage%2Cflux')
      const ids: string[] = []
      for await (const job of krea.jobs.list({ limit: 3 })) ids.push(job.job_id)
      assert.deepEqual(ids, ['j1', 'j2', 'j3', 'j4', 'j5', 'j6', 'j7'])
      assert.equal((await krea.jobs.list({ cursor: '7' })).items[0]?.job_id, 'j7')
    } finally {
      await server.close()
    }
  })

  void test('list: pages are fetched only when reached, a fault rejects, a stuck cursor ends', async () => {
    const { krea, server } = await start(({ url }) =>
      url.includes('stuck') || url.endsWith('/jobs?limit=1')
        ? { body: { items: [jobJson('j1', 'queued')], next_cursor: 'stuck' } }
        : { status: 401, body: { error: 'A valid API key is required.' } },
    )
    try {
      let count = 0
      for await (const _ of krea.jobs.list({ limit: 1 })) count += 1
      assert.equal(count, 1)
      for await (const _ of krea.jobs.list({ limit: 1 })) break
      assert.equal(server.received.length, 3)
      await assert.rejects(async () => {
        for await (const _ of krea.jobs.list()) count += 1
      }, /valid API key/u)
    } finally {
      await server.close()
    }
  })

  void test('cancel posts and answers the job; delete is sent once when its answer is lost', async () => {
    const { krea, server } = await start(({ method }) =>
      method === 'POST' ? { body: jobJson('j1', 'cancelled') } : 'hangup',
    )
    try {
      assert.equal((await krea.jobs.cancel('j1')).status, 'cancelled')
      await assert.rejects(krea.jobs.delete('j1'), { name: 'ConnectionError' })
      assert.deepEqual(
        server.received.map(({ method, url }) => `${method} ${url}`),
        ['POST /jobs/j1/cancel', 'DELETE /jobs/j1'],
      )
    } finally {
      await server.close()
    }
  })
})

void describe('assets and models', () => {
  void test('upload sends the exact bytes with name, type and description', async () => {
    const asset = { id: 'a1', image_url: 'http://127.0.0.1/files/f', uploaded_at: '2026-11-24T10:00:00.000Z' }
    const { krea, server } = await start(() => ({ body: asset }))
    try {
      const bytes = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0, 255])
      const answer = await krea.assets.upload(bytes, { filename: 'ä photo.png', description: 'two\nlines' })
      assert.equal(answer.id, 'a1')
      await krea.assets.upload(new File([bytes], 'own-name.webp', { type: 'image/webp' }))
      await krea.assets.upload(bytes.buffer)
      const forms = await Promise.all(server.received.map(readForm))
      const files = forms.map((form) => form.get('file') as File)
      assert.deepEqual(
        files.map(({ name }) => name),
        ['ä photo.png', 'own-name.webp', 'upload'],
      )
      assert.equal(files[1]?.type, 'image/webp')
      for (const file of files) assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes)
      assert.match(JSON.stringify(forms[0]?.get('description')), /^"two(?:\\r)?\\nlines"$/u)
      assert.deepEqual([...(forms[0]?.keys() ?? [])], ['description', 'file'])
    } finally {
      await server.close()
    }
  })

  void test('assets.get, list and delete and models.getSchema use their paths', async () => {
    const { krea, server } = await start(({ url, method }) =>
      method === 'GET' && url === '/assets'
        ? { body: { items: [{ id: 'a1' }], next_cursor: null } }
        : { body: { id: 'a1' } },
    )
    try {
      await krea.assets.get('a1')
      const ids: string[] = []
      for await (const asset of krea.assets.list()) ids.push(asset.id)
      await krea.assets.delete('a1')
      await krea.models.getSchema('google/nano-banana-pro')
      assert.deepEqual(ids, ['a1'])
      assert.deepEqual(
        server.received.map(({ method, url }) => `${method} ${url}`),
        ['GET /assets/a1', 'GET /assets', 'DELETE /assets/a1', 'GET /models/google/nano-banana-pro'],
      )
    } finally {
      await server.close()
    }
  })
})

function readForm({ headers, body }: Received): Promise<FormData> {
  const type = headers['content-type'] ?? ''
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
}
