/** Real file systems that fill up, fail and turn read-only, made for one test; they need Linux and root. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type SmallDisk = {
  /** Its root. */
  directory: string
  /** Writes until so many bytes are left. */
  fill: (leftBytes: number) => void
  /** Makes room again. */
  empty: () => void
  remove: () => void
}

const HOW = 'run the tests as root on Linux'

/** Why nothing can be mounted here, in one line; false when it can. In CI this is an error instead. */
export function whyNoMounts(): string | false {
  try {
    createSmallDisk(1).remove()
    return false
  } catch (error) {
    const reason = `no small disk can be mounted (${String(error)}): ${HOW}`
    if (process.env['CI'] !== undefined) throw new Error(reason, { cause: error })
    return reason
  }
}

/** A tmpfs: a real file system whose ENOSPC is the kernel's own. */
export function createSmallDisk(mebibytes: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-disk-'))
  run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', directory)
  const ballast = join(directory, 'ballast')
  return {
    directory,
    fill: (leftBytes) => {
      const { bavail, bsize } = statfsSync(directory)
      const file = openSync(ballast, 'a')
      const block = Buffer.alloc(bsize, 1)
      try {
        for (let blocks = bavail - Math.ceil(leftBytes / bsize); blocks > 0; blocks -= 1)
          writeSync(file, block)
      } catch (error) {
        // The server, which writes meanwhile, was quicker: then the disk is as full as can be.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      run('umount', '-l', directory)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Lays a folder over itself, so that it can be made read-only for everybody; undone by `remove`. */
export function createSwitch(directory: string): { set: (mode: 'ro' | 'rw') => boolean; remove: () => void } {
  mkdirSync(directory, { recursive: true })
  run('mount', '--bind', directory, directory)
  return {
    // Refused while a file is being written; the caller tries again.
    set: (mode) => spawnSync('mount', ['-o', `remount,bind,${mode}`, directory]).status === 0,
    remove: () => run('umount', '-l', directory),
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args)
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ${String(stderr).trim()}`)
}
