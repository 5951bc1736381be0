/** An image model with the members that the AI SDK's own have, and nothing of the SDK. */
import type { AiSdkCall, AiSdkImageModel, AiSdkResult } from '../../src/engines/ai-sdk/model.ts'
import { paintPng } from './emulators/picture.ts'

export type FakeModel = AiSdkImageModel & { calls: AiSdkCall[] }
type Members = Partial<Pick<AiSdkImageModel, 'specificationVersion' | 'maxImagesPerCall'>>

type Answer = (call: AiSdkCall) => Promise<AiSdkResult>

/** As large as was asked, one picture for each that was asked. */
export const paintAsAsked: Answer = async ({ n, size = '96x64' }) => {
  const [width = 0, height = 0] = size.split('x').map(Number)
  const bytes = new Uint8Array(await paintPng({ width, height }))
  return { images: Array.from({ length: n }, () => bytes), warnings: [] }
}

export function fakeModel(answer: Answer = paintAsAsked, members: Members = {}): FakeModel {
  const calls: AiSdkCall[] = []
  return {
    specificationVersion: 'v3',
    provider: 'fake',
    modelId: 'fake-1',
    maxImagesPerCall: 4,
    ...members,
    calls,
    doGenerate: (call: AiSdkCall) => {
      calls.push(call)
      return answer(call)
    },
  }
}

/** An error as the providers of the SDK throw it. */
export function apiCallError(statusCode: number | undefined, data?: unknown): Error {
  const error = new Error('bad "make it a linocut" for sk-0123456789')
  error.name = 'AI_APICallError'
  return Object.assign(error, { statusCode, data, isRetryable: true })
}
