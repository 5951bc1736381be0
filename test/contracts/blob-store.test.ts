import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileBlobStore } from '../../src/blobs/files.ts'
import { blobStoreContract } from './blob-store.ts'

blobStoreContract('files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-blobs-'))
  return {
    store: createFileBlobStore({ directory }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  }
})
