import type { Migration } from '../migrate.ts'

/**
 * The newest picture of what a job is making, and which of the public files are such. A program that knows only schema
 * 11 writes none, and leaves those of the jobs that it ends: whoever reads a preview looks whether its job still runs.
 */
export const previews: Migration = {
  version: 12,
  compatibleFrom: 8,
  statements: [
    `ALTER TABLE jobs ADD COLUMN preview TEXT`,
    `ALTER TABLE files ADD COLUMN is_preview INTEGER NOT NULL DEFAULT 0`,
  ],
}
