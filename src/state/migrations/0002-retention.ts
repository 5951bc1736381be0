import type { Migration } from '../migrate.ts'

/** Assets expire as jobs do, and both are found by their time. A program that knows only schema 1 never expires assets. */
export const retention: Migration = {
  version: 2,
  compatibleFrom: 1,
  statements: [
    `ALTER TABLE assets ADD COLUMN expires_at BIGINT`,
    `CREATE INDEX assets_expiring ON assets (expires_at) WHERE expires_at IS NOT NULL`,
    `CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE phase = 'ended' AND expires_at IS NOT NULL`,
  ],
}
