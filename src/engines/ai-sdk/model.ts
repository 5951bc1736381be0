/**
 * An image model of the Vercel AI SDK, as far as we use it. Structural, so that neither `ai` nor a provider is a
 * dependency. Members: `ImageModelV2` to `ImageModelV4` of @ai-sdk/provider 4.0.38, read in November 2026.
 */
export type AiSdkFile = { type: 'file'; mediaType: string; data: Uint8Array }

export type AiSdkCall = {
  prompt: string | undefined
  n: number
  size: `${number}x${number}` | undefined
  aspectRatio: `${number}:${number}` | undefined
  seed: number | undefined
  /** Not in version 2, which takes no images. */
  files: AiSdkFile[] | undefined
  mask: AiSdkFile | undefined
  providerOptions: Record<string, Record<string, JsonValue>>
  abortSignal: AbortSignal
  headers: Record<string, string>
}

export type JsonValue =
  | null
  | string
  | number
  | boolean
  | JsonValue[]
  | { [name: string]: JsonValue | undefined }

export type AiSdkWarning = {
  type: string
  /** Version 3 and 4. */
  feature?: string
  /** Version 2. */
  setting?: string
  details?: string | undefined
  message?: string
}

export type AiSdkResult = {
  /** Base64 or bytes. */
  images: readonly string[] | readonly Uint8Array[]
  warnings: readonly AiSdkWarning[]
}

type MaxImages =
  | number
  | undefined
  | ((options: { modelId: string }) => PromiseLike<number | undefined> | number | undefined)

type Common = {
  readonly provider: string
  readonly modelId: string
  readonly maxImagesPerCall: MaxImages
}

// Methods, so that models whose call has fewer or looser members fit too.
export type AiSdkImageModel =
  | (Common & {
      readonly specificationVersion: 'v2'
      doGenerate(call: AiSdkCall & { prompt: string }): PromiseLike<AiSdkResult>
    })
  | (Common & {
      readonly specificationVersion: 'v3' | 'v4'
      doGenerate(call: AiSdkCall): PromiseLike<AiSdkResult>
    })

/** The one call. */
export function callModel(model: AiSdkImageModel, call: AiSdkCall): PromiseLike<AiSdkResult> {
  return model.specificationVersion === 'v2'
    ? model.doGenerate({ ...call, prompt: call.prompt ?? '' })
    : model.doGenerate(call)
}

/** How many images one call may make; the SDK's own default is one. */
export async function maxPerCall({ maxImagesPerCall: max, modelId }: AiSdkImageModel): Promise<number> {
  return (typeof max === 'function' ? await max({ modelId }) : max) ?? 1
}
