/** `afterimage backup`: a copy of the database of a server that runs. */
import { constants } from 'node:fs'
import { copyFile, mkdir, open } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { syncDirectory } from '../blobs/durable.ts'
import { toStorageFault } from '../core/storage-fault.ts'
import { createFileBlobStore } from '../blobs/files.ts'
import { AfterimageError } from '../core/errors.ts'
import { backupSqlite } from '../state/sqlite-backup.ts'
import { refuseExisting } from './new-file.ts'
import { addStateFlags, findState, requireState, type StateOptions } from './state-place.ts'

type BackupOptions = StateOptions & { blobs?: boolean }

export function addBackupCommand(program: Command): void {
  addStateFlags(program.command('backup <file>').description('copy the database while the server runs'))
    .option('--blobs', 'copy the images too, into a folder beside the file')
    .action(backupTo)
}

async function backupTo(path: string, options: BackupOptions): Promise<void> {
  const place = findState(options)
  if (place.kind === 'postgres')
    throw new AfterimageError(
      'invalid_request',
      'The state lies in Postgres: back it up with pg_dump or point-in-time recovery. "afterimage export" works too.',
    )
  requireState(place)
  const file = resolve(path)
  const blobs = `${file}.blobs`
  refuseExisting(file)
  if (options.blobs === true) refuseExisting(blobs)
  await backupSqlite(place.file, file)
  await syncDirectory(dirname(file))
  console.log(`${file}: the database.`)
  if (options.blobs !== true) {
    console.log(
      'The images are not in it: copy the folder "blobs" of the data folder afterwards, or add --blobs.',
    )
    return
  }
  const count = await copyBlobs(join(place.dataDirectory, 'blobs'), blobs)
  console.log(
    `${blobs}: ${count} images. To restore, both go back under their names, afterimage.db and blobs.`,
  )
}

/**
 * After the database, because a row whose image is missing is a loss, and an image that no row names is not.
 * @returns how many were copied
 */
async function copyBlobs(from: string, to: string): Promise<number> {
  const store = createFileBlobStore({ directory: from })
  const folders = new Set<string>()
  let count = 0
  await mkdir(to, { mode: 0o700 })
  for await (const { key } of store.list()) {
    const source = store.localPath(key)
    if (source === null) continue
    const target = join(to, relative(from, source))
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    folders.add(dirname(target))
    if (await copyDurably(source, target)) count += 1
  }
  for (const folder of [...folders, to]) await syncDirectory(folder)
  return count
}

/** False when it was deleted since the list was read. */
async function copyDurably(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await using handle = await open(target, 'r+')
    await handle.datasync()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw toStorageFault(error)
  }
}
