import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moderationName } from './moderation.ts'

void test('the name tells who decides and what a failure means; nobody has none', () => {
  const [url, program] = ['http://127.0.0.1:9000/decide', ['/opt/classifier', '--strict']] as const
  const names = (['refuse', 'allow'] as const).flatMap((moderationOnFailure) => [
    moderationName({ moderationUrl: url, moderationCommand: null, moderationOnFailure }),
    moderationName({ moderationUrl: null, moderationCommand: [...program], moderationOnFailure }),
  ])
  assert.equal(new Set(names).size, 4)
  for (const moderationOnFailure of ['refuse', 'allow'] as const)
    assert.equal(moderationName({ moderationUrl: null, moderationCommand: null, moderationOnFailure }), '')
})
