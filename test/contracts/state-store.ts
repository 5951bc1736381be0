/** What every state store must do. Run by each store's own test file. */
import { describe } from 'node:test'
import { engineKeyContract } from './state-store-engine-keys.ts'
import type { RawStateStoreFixture } from './state-store-fixtures.ts'
import { freshnessContract } from './state-store-freshness.ts'
import { jobContract } from './state-store-jobs.ts'
import { keyConcurrencyContract } from './state-store-keys.ts'
import { leaseContract } from './state-store-leases.ts'
import { modelContract } from './state-store-model.ts'
import { moneyContract } from './state-store-money.ts'
import { queueContract } from './state-store-queue.ts'
import { previewContract } from './state-store-previews.ts'
import { rerouteContract } from './state-store-reroute.ts'
import { recordContract } from './state-store-records.ts'
import { reuseContract } from './state-store-reuse.ts'
import { retentionContract } from './state-store-retention.ts'
import { sessionContract } from './state-store-sessions.ts'

export function describeStateStore(name: string, create: () => Promise<RawStateStoreFixture>): void {
  void describe(`state store contract: ${name}`, () => {
    void describe('jobs', () => jobContract(create))
    void describe('leases', () => leaseContract(create))
    void describe('previews', () => previewContract(create))
    void describe('another engine', () => rerouteContract(create))
    void describe('queue', () => queueContract(create))
    void describe('concurrency of keys', () => keyConcurrencyContract(create))
    void describe('keys, assets and files', () => recordContract(create))
    void describe('keys of engines', () => engineKeyContract(create))
    void describe('sessions of the Studio', () => sessionContract(create))
    void describe('money', () => moneyContract(create))
    void describe('reuse of results', () => reuseContract(create))
    void describe('retention and odd text', () => retentionContract(create))
    void describe('freshness', () => freshnessContract(create))
    void describe('any order of calls', () => modelContract(create))
  })
}
