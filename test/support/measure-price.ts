/** Asks the code that computes money what one unit costs, in the way in which a job asks it. */
import { createCatalogue } from '../../src/catalogue/index.ts'
import type { Cost } from '../../src/core/job.ts'
import { estimateBfl } from '../../src/engines/bfl/prices.ts'
import { priceOfImages } from '../../src/engines/byteplus/prices.ts'
import { estimateFal } from '../../src/engines/fal/prices.ts'
import * as google from '../../src/engines/google/prices.ts'
import { IDEOGRAM_JOB_MODELS } from '../../src/engines/ideogram/job-models.ts'
import { priceOfIdeogramJob } from '../../src/engines/ideogram/job-request.ts'
import { priceOfIdeogram } from '../../src/engines/ideogram/prices.ts'
import { priceOfLuma } from '../../src/engines/luma/prices.ts'
import * as openai from '../../src/engines/openai/prices.ts'
import { estimateReplicate } from '../../src/engines/replicate/prices.ts'
import { RUNWAY_MODELS } from '../../src/engines/runway/models.ts'
import { estimateRunway } from '../../src/engines/runway/prices.ts'
import { DEFAULT_USD_PER_CREDIT, estimateFaithful } from '../../src/engines/topaz/prices.ts'
import { UNKNOWN_COST } from '../../src/net/upstream/cost.ts'
import { generateInput, inputImage } from './requests.ts'

export type PricedUnit = { engine: string; model: string; unit: string }
type Meter = (priced: Omit<PricedUnit, 'engine'>) => number | null

/** Everything that can be measured; another unit is a mistake in the table. */
export const UNITS: readonly RegExp[] = [
  /^1M (?:text |image )?tokens (?:in|out)$/u,
  /^(?:first |further )?megapixel (?:in|out)$/u,
  /^picture in$/u,
  /^image(?: (?:\d+x\d+ )?(?:very_low|low|medium|high)| [124]K| \d+p| (?:turbo|default|quality))?$/u,
  /^image up to \d+ MP$/u,
]

const MILLION = 1e6
const SQUARE = { width: 1024, height: 1024 }
const catalogue = createCatalogue()

const METERS: Readonly<Record<string, Meter>> = {
  openai: ({ model, unit }) => {
    const [, shape, quality = ''] = /^image (\d+x\d+) (\w+)$/u.exec(unit) ?? []
    if (shape !== undefined) {
      const [width = 0, height = 0] = shape.split('x').map(Number)
      return usd(openai.estimateOutput({ upstream: model, size: { width, height }, quality, count: 1 }))
    }
    const none = { textIn: 0, imageIn: 0, out: 0 }
    const kinds = { '1M text tokens in': 'textIn', '1M image tokens in': 'imageIn', '1M tokens out': 'out' }
    return usd(openai.costOfUsage(model, { ...none, [kindOf(kinds, unit)]: MILLION }))
  },
  google: ({ model, unit }) => {
    if (unit.startsWith('image ')) return usd(google.estimateImage(model, unit.slice('image '.length)))
    const none = { input: 0, textOut: 0, imageOut: 0 }
    const kinds = {
      '1M tokens in': 'input',
      '1M text tokens out': 'textOut',
      '1M image tokens out': 'imageOut',
    }
    return usd(google.costOfUsage(model, { ...none, [kindOf(kinds, unit)]: MILLION }))
  },
  bfl: ({ model, unit }) => {
    const source = inputImage('image_url', { info: { ...inputImage('').info, ...SQUARE } })
    const plain = estimateBfl(model, generateInput(), SQUARE)
    if (unit === 'image' || unit === 'first megapixel out') return usd(plain)
    return unit === 'megapixel in'
      ? difference(estimateBfl(model, generateInput({ images: [source] }), SQUARE), plain)
      : difference(estimateBfl(model, generateInput(), { width: 2048, height: 1024 }), plain)
  },
  byteplus: ({ model }) => usd(priceOfImages(model, 1)),
  ideogram: ({ model, unit }) => {
    const word = unit.slice('image '.length)
    const job = IDEOGRAM_JOB_MODELS[`ideogram/${model}`]
    if (job !== undefined) return usd(priceOfIdeogramJob(generateInput({ fields: { quality: word } }), job))
    const role = model.endsWith('with character') ? 'character' : 'source'
    const images = [inputImage('image_url', { role })]
    return usd(priceOfIdeogram(generateInput({ images, fields: { rendering_speed: word } }), 1))
  },
  runway: ({ model, unit }) => {
    const found = Object.values(RUNWAY_MODELS).find(({ upstream }) => upstream === model)
    const size = unit === 'image 1080p' ? { width: 1920, height: 1080 } : { width: 1280, height: 720 }
    return found === undefined ? null : usd(estimateRunway(size, found))
  },
  luma: ({ model, unit }) => {
    const fields = { mode: model === 'uni-1-max' ? 'max' : 'standard' }
    const plain = priceOfLuma(generateInput({ fields }))
    const withPicture = priceOfLuma(generateInput({ fields, images: [inputImage('image_url')] }))
    return unit === 'image' ? usd(plain) : difference(withPicture, plain)
  },
  topaz: ({ unit }) => {
    const megapixels = Number(/\d+/u.exec(unit)?.[0])
    return usd(estimateFaithful({ width: megapixels * 1000, height: 1000 }, DEFAULT_USD_PER_CREDIT))
  },
  fal: ({ model }) => usd(estimateFal(generateInput({ model, ...SQUARE }))),
  replicate: ({ model }) => usd(estimateReplicate(generateInput({ model }))),
  krea: ({ model }) => usd(catalogue.findModel(model)?.price(generateInput({ model })) ?? UNKNOWN_COST),
}

/** US dollars; null is an unknown price. @throws Error for an engine without prices */
export function measure({ engine, ...priced }: PricedUnit): number | null {
  const meter = METERS[engine]
  if (meter === undefined) throw new Error(`nobody measures the prices of ${engine}`)
  return meter(priced)
}

function usd({ microUsd }: Cost): number | null {
  return microUsd === null ? null : microUsd / MILLION
}

function difference(more: Cost, less: Cost): number | null {
  return more.microUsd === null || less.microUsd === null ? null : (more.microUsd - less.microUsd) / MILLION
}

function kindOf(kinds: Readonly<Record<string, string>>, unit: string): string {
  const kind = kinds[unit]
  if (kind === undefined) throw new Error(`${unit} is no unit of this vendor`)
  return kind
}
