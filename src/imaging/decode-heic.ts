import type { Raster } from './raster.ts'
import { AfterimageError } from '../core/errors.ts'

export function decodeHeic(
  _path: string,
  _options: { maxPixels: number; maxEdge: number | null },
): Promise<{ raster: Raster; hadProfile: boolean }> {
  throw new AfterimageError('input_unreadable', 'HEIC cannot be decoded yet')
}
