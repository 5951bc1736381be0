import { randomBytes } from 'node:crypto'

/** 128 random bits: the file is public to whoever knows its id. */
const FILE_ID_BYTES = 16

/** A new public file id: unguessable, lower-case hex. */
export function newFileId(): string {
  return randomBytes(FILE_ID_BYTES).toString('hex')
}
