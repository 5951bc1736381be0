import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAfterimageError } from '../core/errors.ts'
import type { CompatMode } from '../wire/types.ts'
import { refuseUnknownHeaders } from './unknown-headers.ts'

function refusal(name: string, mode: CompatMode = 'aliases'): string | null {
  try {
    refuseUnknownHeaders({ headers: { [name]: 'x', accept: '*/*', 'x-other': '1' } }, mode)
    return null
  } catch (error) {
    assert.ok(isAfterimageError(error) && error.code === 'invalid_request')
    return error.message
  }
}

void test('a misspelt header is refused with those that there are and the closest', () => {
  assert.equal(
    refusal('x-afterimage-cahce'),
    'x-afterimage-cahce: no header of this server; allowed: X-Afterimage-Cache, X-Afterimage-Dedupe, ' +
      'X-Afterimage-Engine; did you mean X-Afterimage-Cache?',
  )
  assert.match(refusal('x-afterimage-dedup', 'strict') ?? '', /did you mean X-Afterimage-Dedupe\?$/u)
  assert.match(refusal('x-afterimage-colour') ?? '', /X-Afterimage-Engine\.$/u)
  assert.equal(refusal('x-maxcost'), 'x-maxcost: no header of this server; did you mean X-Max-Cost?')
  assert.ok((refusal(`x-afterimage-${'a'.repeat(5000)}`) ?? '').length < 200)
})

void test('the known ones, those of others, and anything on a lenient server pass', () => {
  const own = [
    'x-afterimage-cache',
    'x-afterimage-dedupe',
    'x-afterimage-engine',
    'x-max-cost',
    'x-webhook-url',
  ]
  for (const name of [...own, 'idempotency-key', 'x-after', 'host']) assert.equal(refusal(name), null, name)
  assert.equal(refusal('x-afterimage-cahce', 'lenient'), null)
})

void test('hyphens, underscores and a slip in the prefix do not hide what was meant', () => {
  const misspelt = {
    'X-Afterimage-Engine': [
      'xafterimage-engine',
      'x-afterimage_engine',
      'x-after-image-engine',
      'afterimage-engine',
    ],
    'X-Afterimage-Cache': ['x_afterimage_cache', 'x-afteriamge-cache', 'x-afterimge-cache'],
    'X-Afterimage-Dedupe': ['x-afterimagededupe', 'x-afterimages-dedupe'],
    'X-Max-Cost': ['x-maxcost', 'x_max_cost', 'xmax-cost'],
    'Idempotency-Key': ['idempotency_key', 'idempotencykey'],
    'X-Webhook-URL': ['x_webhook_url', 'x-webhookurl'],
  }
  for (const [meant, names] of Object.entries(misspelt))
    for (const name of names) assert.ok(refusal(name)?.endsWith(`did you mean ${meant}?`), name)
})

void test('headers of proxies and other services are none of ours', () => {
  const names = [
    'x-aftership-api-key',
    'x-idempotency-key',
    'max-cost',
    'x-image-engine',
    'x-webhook-id',
    'x-cache',
  ]
  for (const name of names) assert.equal(refusal(name), null, name)
})
