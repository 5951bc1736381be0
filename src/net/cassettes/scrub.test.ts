import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodedBytes, scrubAddress, scrubAnswer, scrubRequest } from './scrub.ts'

const PICTURE = Buffer.alloc(600, 7).toString('base64')

void describe('addresses', () => {
  const table: readonly (readonly [address: string, scrubbed: string])[] = [
    [
      'https://cdn.example/a.png?X-Amz-Signature=0a&X-Amz-Credential=AKIA&w=9',
      'https://cdn.example/a.png?X-Amz-Signature=REMOVED&X-Amz-Credential=REMOVED&w=9',
    ],
    [
      'https://blob.example/a?se=2026&sp=r&sv=1&sr=b&sig=abc%3D',
      'https://blob.example/a?se=REMOVED&sp=REMOVED&sv=REMOVED&sr=REMOVED&sig=REMOVED',
    ],
    [
      'https://oss.example/a?OSSAccessKeyId=x&Expires=1&Signature=y',
      'https://oss.example/a?OSSAccessKeyId=REMOVED&Expires=REMOVED&Signature=REMOVED',
    ],
    ['https://me:pw@host.example/a', 'https://host.example/a'],
    ['https://api.example/get_result?id=4f2a', 'https://api.example/get_result?id=4f2a'],
    [
      'https://api.example/view?filename=a.png&type=output',
      'https://api.example/view?filename=a.png&type=output',
    ],
    ['ftp://x?sig=1', 'ftp://x?sig=1'],
    ['no address', 'no address'],
  ]
  for (const [address, scrubbed] of table)
    void test(address, () => {
      assert.equal(scrubAddress(address), scrubbed)
      assert.equal(scrubAddress(scrubbed), scrubbed, 'twice is the same')
    })
})

void describe('requests', () => {
  void test('pictures and written texts are hashes, machine words stay, members are sorted', () => {
    const scrubbed = scrubRequest(
      {
        size: '1024x1024',
        prompt: 'rug',
        n: 1,
        image: PICTURE,
        urls: [`data:image/png;base64,${PICTURE}`],
        note: 'two words',
      },
      [],
    ) as Record<string, unknown>
    assert.deepEqual(Object.keys(scrubbed), ['image', 'n', 'note', 'prompt', 'size', 'urls'])
    assert.match(String(scrubbed['image']), /^600 bytes, sha256 [\da-f]{16}$/u)
    assert.deepEqual(scrubbed['urls'], [scrubbed['image']])
    assert.match(String(scrubbed['prompt']), /^3 characters, sha256/u)
    assert.match(String(scrubbed['note']), /^9 characters, sha256/u)
    assert.deepEqual([scrubbed['size'], scrubbed['n']], ['1024x1024', 1])
  })

  void test('another picture or another word is another request', () => {
    const text = (value: unknown): string => JSON.stringify(scrubRequest(value, ['rug']))
    assert.notEqual(text({ a: PICTURE }), text({ a: Buffer.alloc(600, 8).toString('base64') }))
    assert.notEqual(text({ prompt: 'rug' }), text({ prompt: 'mug' }))
    assert.ok(
      !text({ inputs: { clip_l: 'rug' } }).includes('rug'),
      'a known text is hidden wherever it stands',
    )
    assert.match(text({ prompt_id: 'job-1' }), /job-1/u, 'an id is no written text')
  })
})

void describe('answers', () => {
  const kept: Buffer[] = []
  const scrub = (value: unknown, known: readonly string[] = []): unknown =>
    scrubAnswer(value, { known, keep: (bytes) => `{file:${kept.push(bytes)}}` })

  void test('bytes go to files, private members and people go, the rest stays', () => {
    const answer = {
      id: 'r1',
      status: 'completed',
      data: [{ b64_json: PICTURE, revised_prompt: 'a woven rug' }],
      user_id: 'u7',
      message: 'ask ann@example.com about a woven rug',
      url: 'https://cdn.example/a.png?sig=1',
      nothing: null,
    }
    assert.deepEqual(scrub(answer, ['a woven rug']), {
      id: 'r1',
      status: 'completed',
      data: [{ b64_json: '{file:1}', revised_prompt: 'REMOVED' }],
      user_id: 'REMOVED',
      message: 'ask REMOVED about REMOVED',
      url: 'https://cdn.example/a.png?sig=REMOVED',
      nothing: null,
    })
    assert.equal(kept[0]?.length, 600)
  })

  void test('a short prompt takes no state out of an answer', () => {
    assert.deepEqual(scrub({ status: 'completed' }, ['completed']), { status: 'completed' })
  })

  void test('what only looks like base64 stays a text', () => {
    assert.equal(encodedBytes('abcd'), null)
    assert.equal(encodedBytes(`${'a'.repeat(400)}-`), null)
    assert.equal(encodedBytes('a'.repeat(401)), null, 'no whole number of bytes')
  })
})
