import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offer } from '../../test/support/requests.ts'
import type { Operation } from './job.ts'
import { servedOperations } from './served-operations.ts'

const DRAFT = { id: 'draft', isDraft: true, operations: ['edit', 'generate'] as const }
type Offer = { id: string; isDraft?: boolean; operations: readonly Operation[] | null }

function served(offers: readonly Offer[], isDraftEnabled = true): readonly Operation[] {
  return servedOperations({
    model: { id: 'test/model', engines: offers.map(({ id }) => id) },
    asked: ['edit', 'generate'],
    offers: offers.map(({ id, isDraft = false, operations }) =>
      operations === null
        ? offer(id, { isDraft, capabilities: () => null })
        : offer(id, { isDraft, can: { operations } }),
    ),
    isDraftEnabled,
  })
}

void test('what some engine does is served, by whichever of them', () => {
  assert.deepEqual(
    served([
      { id: 'a', operations: ['generate'] },
      { id: 'b', operations: ['edit'] },
    ]),
    ['edit', 'generate'],
  )
  assert.deepEqual(served([{ id: 'a', operations: ['edit', 'enhance'] }]), ['edit'])
})

void test('a draft stands in for a picture that no engine takes, and not for one that an engine needs', () => {
  assert.deepEqual(served([{ id: 'a', operations: ['generate'] }, DRAFT]), ['edit', 'generate'])
  assert.deepEqual(served([{ id: 'a', operations: ['generate'] }, DRAFT], false), ['generate'])
  assert.deepEqual(served([{ id: 'a', operations: ['edit'] }, DRAFT]), ['edit'])
})

void test('while no engine is there, it is what the model can be asked for', () => {
  assert.deepEqual(served([{ id: 'a', operations: null }]), ['edit', 'generate'])
  assert.deepEqual(served([{ id: 'a', operations: ['enhance'] }, DRAFT], false), ['edit', 'generate'])
})
