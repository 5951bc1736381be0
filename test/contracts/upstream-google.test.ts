import { createGoogleEngine } from '../../src/engines/google/engine.ts'
import { GOOGLE_MODELS } from '../../src/engines/google/models.ts'
import { GOOGLE_EMULATION } from '../support/emulators/google.ts'
import { upstreamContract } from './upstream.ts'

upstreamContract('google', {
  emulation: GOOGLE_EMULATION,
  createEngine: createGoogleEngine,
  models: Object.keys(GOOGLE_MODELS),
  // Input tokens of a refusal may be counted: it comes inside a success.
  faults: { refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' } },
  requests: [
    {
      title: 'gemini-3-pro-image, two images, shape and seed',
      input: {
        model: 'google/nano-banana-pro',
        aspectRatio: '16:9',
        resolution: '2K',
        seed: 7,
        isSeedGiven: true,
      },
      images: ['cat.png', 'dog.jpeg'],
      path: '/models/gemini-3-pro-image:generateContent',
      body: {
        contents: [
          {
            role: 'user',
            parts: [
              { inlineData: { mimeType: 'image/png', data: '<cat.png>' } },
              { inlineData: { mimeType: 'image/jpeg', data: '<dog.jpeg>' } },
              { text: 'turn the logo into a rug' },
            ],
          },
        ],
        generationConfig: {
          responseModalities: ['IMAGE'],
          imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
          seed: 7,
        },
      },
      output: { width: 2731, height: 1536 },
      // 583 in, 180 thought, 1120 image tokens.
      cost: { microUsd: 137_726, basis: 'tokens', computeUnits: 78.9 },
    },
    {
      title: 'gemini-nano-banana-2.1: pixels become ratio and class',
      input: { model: 'google/nano-banana-2', width: 4096, height: 1024 },
      images: ['cat.png'],
      path: '/models/gemini-nano-banana-2.1:generateContent',
      body: {
        contents: [
          {
            role: 'user',
            parts: [
              { inlineData: { mimeType: 'image/png', data: '<cat.png>' } },
              { text: 'turn the logo into a rug' },
            ],
          },
        ],
        generationConfig: {
          responseModalities: ['IMAGE'],
          imageConfig: { aspectRatio: '4:1', imageSize: '2K' },
        },
      },
      output: { width: 4096, height: 1024 },
      cost: { microUsd: 35_825, basis: 'tokens', computeUnits: 20.5 },
    },
    {
      title: 'gemini-3.1-flash-lite-image: style images alone, with a hint',
      input: { model: 'google/nano-banana' },
      images: ['style.webp'],
      path: '/models/gemini-3.1-flash-lite-image:generateContent',
      body: {
        contents: [
          {
            role: 'user',
            parts: [
              { inlineData: { mimeType: 'image/webp', data: '<style.webp>' } },
              {
                text: 'Image 1 is a style reference: take its style, not its content, with strength 0.8 on a scale from -2 to 2.',
              },
              { text: 'turn the logo into a rug' },
            ],
          },
        ],
        generationConfig: { responseModalities: ['IMAGE'] },
      },
      output: { width: 1024, height: 1024 },
      cost: { microUsd: null, basis: 'unknown', computeUnits: null },
    },
  ],
})
