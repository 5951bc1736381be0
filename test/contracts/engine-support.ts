/** Requests about real photographs, as a worker would hand them to an engine. */
import type { GenerateInput, ImageFormat, InputImage } from '../../src/core/job.ts'
import { photoPath, type PhotoName } from '../support/pictures.ts'
import { generateInput, inputImage } from '../support/requests.ts'

/** Sizes of the photographs that the tests use. */
const SIZES: Readonly<Record<PhotoName, readonly [width: number, height: number]>> = {
  cat: [451, 300],
  'portrait-astronaut': [512, 512],
  'product-coffee': [600, 400],
  raccoon: [1024, 768],
}

/** The photograph's path stands in for its blob key. */
export function photo(name: PhotoName, more: Partial<InputImage> = {}): InputImage {
  const [width, height] = SIZES[name]
  return file(photoPath(name), { format: 'jpeg', width, height }, more)
}

export function file(
  path: string,
  info: { format: ImageFormat; width: number; height: number },
  more: Partial<InputImage> = {},
): InputImage {
  return inputImage('image_url', {
    blobKey: path,
    info: { orientation: 1, frames: 1, hasAlpha: false, ...info },
    ...more,
  })
}

export function fileOf(image: InputImage): string {
  return image.blobKey
}

type More = Omit<Partial<GenerateInput>, 'options'> & { options?: Partial<GenerateInput['options']> }

/** A request for one model; `options` are those of the `afterimage` object. */
export function engineInput(model: string, more: More): GenerateInput {
  const { options, ...rest } = more
  const input = generateInput({ model, ...rest })
  return { ...input, options: { ...input.options, ...options } }
}
