/** How an emulated job will end, spelled by its id: emulators remember nothing between requests. */
import { z } from 'zod'

const FATE = z.union([
  z.object({
    end: z.literal('image'),
    width: z.number(),
    height: z.number(),
    format: z.enum(['png', 'jpeg', 'webp']),
  }),
  z.object({ end: z.literal('address'), url: z.string() }),
  z.object({ end: z.enum(['refused', 'failed', 'empty', 'cancelled']) }),
])
export type JobFate = z.output<typeof FATE>

/** An id of letters, digits, `-` and `_`. */
export function toJobId(fate: JobFate): string {
  return Buffer.from(JSON.stringify(fate)).toString('base64url')
}

/** Null for an id that no emulator gave out. */
export function fateOf(id: string | undefined): JobFate | null {
  try {
    return FATE.parse(JSON.parse(Buffer.from(id ?? '', 'base64url').toString('utf8')))
  } catch {
    return null
  }
}
