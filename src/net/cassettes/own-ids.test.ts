import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { createOwnIds } from './own-ids.ts'

void describe('ids in recordings', () => {
  void test('ours are words in requests and answers; in a later run the words are ours of then', () => {
    const ids = createOwnIds()
    const [job, strange] = [randomUUID(), randomUUID()]
    const { text, found } = ids.hide(`/history/${job}`)
    assert.deepEqual([text, found], ['/history/{id}', [job]])
    const answer = ids.hideInAnswer(`{"${job}": "${strange}"}`, found)
    assert.equal(answer, `{"{id}": "${strange}"}`)
    const later = createOwnIds()
    const now = randomUUID()
    assert.equal(later.show(answer, later.hide(`/history/${now}`).found), `{"${now}": "${strange}"}`)
  })

  void test('those of the upstream stay, also after a restart', () => {
    const ids = createOwnIds()
    const upstream = randomUUID()
    ids.hideInAnswer(`{"id": "${upstream}"}`, [])
    assert.equal(ids.hide(`/jobs/${upstream}`).text, `/jobs/${upstream}`)
    const restarted = createOwnIds()
    restarted.learn(`{"id": "${upstream}"}`)
    assert.equal(restarted.hide(`/jobs/${upstream}`).text, `/jobs/${upstream}`)
  })

  void test('after its submit an id is known by the request, so that polls of two jobs differ', () => {
    const ids = createOwnIds()
    const [a, b] = [randomUUID(), randomUUID()]
    ids.bind(ids.hide(a).found, '0123456789')
    ids.bind(ids.hide(b).found, 'abcdef0123')
    assert.deepEqual([ids.hide(a).text, ids.hide(b).text], ['{id-01234567}', '{id-abcdef01}'])
  })

  void test('an answer that names another of our jobs, or answers a request without id', () => {
    const ids = createOwnIds()
    const [a, b] = [randomUUID(), randomUUID()]
    const first = ids.hide(a)
    ids.hide(b)
    assert.equal(ids.hideInAnswer(`${a} ${b}`, first.found), '{id} {other}')
    assert.equal(ids.hideInAnswer(b, []), '{id}')
    assert.equal(ids.show('{id}', []), b, 'the latest is meant')
  })
})
