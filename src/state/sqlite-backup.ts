import { open, rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { AfterimageError } from '../core/errors.ts'
import { toOpenError } from './sqlite-errors.ts'

/** In one go: a copy in steps begins anew after each write of another process, and would never end on a busy server. */
const ALL_PAGES = 2 ** 31 - 1

/**
 * Copies a database that may be in use, as it is at one moment. The copy is checked, durable, and one file: it appears
 * under its name when it is whole.
 * @throws AfterimageError `unavailable` when the database or the copy is damaged; `storage_full`
 */
export async function backupSqlite(file: string, target: string): Promise<void> {
  const draft = `${target}.part`
  try {
    const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    try {
      await backup(source, draft, { rate: ALL_PAGES })
    } finally {
      source.close()
    }
    check(draft)
    await sync(draft)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw toOpenError(error, file)
  }
}

function check(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    // Out of WAL mode, so that nothing of the copy lies in files beside it.
    copy.exec('PRAGMA journal_mode = DELETE')
    const found = copy.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    if (found !== 'ok')
      throw new AfterimageError(
        'unavailable',
        'The database is damaged, and so is a copy of it; restore a backup.',
      )
  } finally {
    copy.close()
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
