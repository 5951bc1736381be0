import type { CallOptions } from './options.ts'
import { toPath } from './paths.ts'
import type { Transport } from './transport.ts'
import type { Model, ModelCategory, ModelSchema } from './types.ts'

export type Models = {
  /** The catalogue, or one category of it. */
  list: (query?: { category?: ModelCategory }, options?: CallOptions) => Promise<Model[]>
  /** One model with the JSON Schema of its input: `getSchema('google/nano-banana-pro')`. */
  getSchema: (model: string, options?: CallOptions) => Promise<ModelSchema>
}

export function createModels(send: Transport): Models {
  return {
    list: async ({ category } = {}, options) => {
      const { body } = await send({
        method: 'GET',
        path: '/models',
        query: { category },
        isRepeatable: true,
        options,
      })
      const models = Array.isArray(body)
        ? (body as Model[])
        : ((body as { items?: Model[] } | null)?.items ?? [])
      return category === undefined ? models : models.filter((model) => model.category === category)
    },
    getSchema: async (model, options) => {
      const path = `/models/${toPath('model', model)}`
      return (await send({ method: 'GET', path, isRepeatable: true, options })).body as ModelSchema
    },
  }
}
