import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentIn } from './log-progress.ts'

void test('the last bar of the logs counts; other percentages do not', () => {
  assert.equal(percentIn(' 25%|##   | 7/28\n 50%|#####     | 14/28'), 50)
  assert.equal(percentIn('loading 100% of weights'), null)
  assert.equal(percentIn(''), null)
  assert.equal(percentIn('999%|x'), 100)
})
