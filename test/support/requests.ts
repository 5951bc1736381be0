/** Small parsed requests, models and offers for tests of core. */
import type { Capabilities } from '../../src/core/engine.ts'
import type { GenerateInput, InputImage, Job } from '../../src/core/job.ts'
import type { CatalogueModel, EngineOffer } from '../../src/core/ports.ts'

export function inputImage(path: string, more: Partial<InputImage> = {}): InputImage {
  return {
    role: 'source',
    path,
    blobKey: 'b'.repeat(32),
    sha256: 'c'.repeat(64),
    bytes: 100,
    info: { format: 'png', width: 8, height: 6, orientation: 1, frames: 1, hasAlpha: false },
    strength: null,
    tag: null,
    ...more,
  }
}

export function generateInput(more: Partial<GenerateInput> = {}): GenerateInput {
  return {
    model: 'test/model',
    operation: 'edit',
    prompt: 'make it warmer',
    images: [],
    width: null,
    height: null,
    aspectRatio: null,
    resolution: null,
    scale: null,
    seed: 7,
    isSeedGiven: true,
    strength: null,
    creativity: null,
    style: null,
    count: 1,
    fields: {},
    options: {
      onUnsupported: 'warn',
      outputFormat: null,
      quality: null,
      size: null,
      isPreciseEdit: false,
      retentionSeconds: null,
      isStored: true,
    },
    ...more,
  }
}

export function catalogueModel(more: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    id: 'test/model',
    title: 'Test',
    engines: ['vendor', 'market', 'afterimage/draft'],
    keyVariables: ['VENDOR_KEY'],
    pictureField: 'image_url',
    price: () => ({ microUsd: 1234, basis: 'list_price', computeUnits: 1 }),
    ...more,
  }
}

export function offer(
  id: string,
  more: Partial<EngineOffer> & { can?: Partial<Capabilities> } = {},
): EngineOffer {
  const { can, ...rest } = more
  const capabilities: Capabilities = {
    operations: ['edit'],
    maxImages: 2,
    outputFormats: ['png', 'jpeg'],
    fields: { prompt: 'native', image_urls: 'native' },
    ...can,
  }
  return {
    id,
    queue: `${id}-queue`,
    isDraft: id === 'afterimage/draft',
    capabilities: () => capabilities,
    estimate: null,
    ...rest,
  }
}

export function storedJob(more: Partial<Job> = {}): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    accountId: 'a',
    type: 'externalImage',
    model: 'test/model',
    status: 'scheduled',
    queue: 'q',
    engine: 'vendor',
    fallback: null,
    input: generateInput(),
    createdAtMicros: 1_000_000,
    completedAt: null,
    attempts: [],
    progress: null,
    preview: null,
    outputs: [],
    warnings: [],
    recipe: null,
    geometry: null,
    cost: { microUsd: null, basis: 'unknown', computeUnits: null },
    error: null,
    parentJobId: null,
    expiresAt: null,
    isCancelRequested: false,
    version: 1,
    ...more,
  }
}
