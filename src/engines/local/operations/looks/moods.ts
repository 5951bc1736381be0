/** Grades that set a mood. */
import { createLook } from '../kit/look.ts'

export const tealOrange = createLook({
  name: 'teal_orange',
  summary: 'Teal shadows against orange skin and lights.',
  contrast: 0.2,
  chroma: 1.1,
  bands: [{ colour: '#d08a5a', width: 50, towards: '#e88a3c', chroma: 1.2 }],
  shadowTint: '#0f5a66',
  lightTint: '#ffb26b',
  tintStrength: 0.55,
})

export const cinematic = createLook({
  name: 'cinematic',
  summary: 'Deep but open shadows, cool darks, warm lights, quiet colours.',
  exposure: -0.1,
  contrast: 0.24,
  chroma: 0.88,
  black: 0.03,
  white: 0.97,
  shadowTint: '#173a4a',
  lightTint: '#ffd9a8',
  tintStrength: 0.38,
  vignette: 0.25,
  grain: 0.15,
  halation: 0.15,
})

export const cyberpunk = createLook({
  name: 'cyberpunk',
  summary: 'Neon: magenta lights, cyan and violet shadows, high contrast.',
  exposure: -0.25,
  contrast: 0.4,
  warmth: -0.45,
  tint: 0.55,
  chroma: 1.25,
  bands: [
    { colour: '#d09a4a', width: 50, towards: '#ff3fb0' },
    { colour: '#5f9f4a', width: 50, towards: '#18c8e0' },
  ],
  shadowTint: '#2a0f8a',
  lightTint: '#ff5fd0',
  tintStrength: 0.5,
  glow: 0.4,
  vignette: 0.3,
})

export const dreamy = createLook({
  name: 'dreamy',
  summary: 'Soft light that spills, pale colours, low contrast.',
  exposure: 0.25,
  contrast: -0.12,
  tint: 0.12,
  chroma: 0.95,
  black: 0.06,
  lightTint: '#ffe6f2',
  tintStrength: 0.35,
  glow: 0.75,
})

export const moody = createLook({
  name: 'moody',
  summary: 'Dark, desaturated and slightly green, with heavy corners.',
  exposure: -0.6,
  contrast: 0.18,
  chroma: 0.68,
  black: 0.035,
  shadowTint: '#1f3a38',
  lightTint: '#e8d8b8',
  tintStrength: 0.4,
  vignette: 0.45,
})

export const dramatic = createLook({
  name: 'dramatic',
  summary: 'Strong contrast, deep shadows, dense colours.',
  exposure: -0.2,
  contrast: 0.5,
  chroma: 0.95,
  vignette: 0.4,
})

export const highKey = createLook({
  name: 'high_key',
  summary: 'Almost everything bright, shadows pale.',
  exposure: 0.9,
  contrast: -0.2,
  chroma: 0.9,
  black: 0.12,
})

export const lowKey = createLook({
  name: 'low_key',
  summary: 'Almost everything dark, only the lights remain.',
  exposure: -1.1,
  contrast: 0.45,
  chroma: 0.85,
  vignette: 0.5,
})

export const noir = createLook({
  name: 'noir',
  summary: 'Hard black and white with deep corners and grain.',
  exposure: -0.3,
  contrast: 0.6,
  chroma: 0,
  vignette: 0.5,
  grain: 0.35,
})

export const infrared = createLook({
  name: 'infrared',
  summary:
    'Leaves turn white and rose, skies dark, as infrared film shows them; from the visible colours only.',
  contrast: 0.25,
  chroma: 0.55,
  bands: [
    { colour: '#5f8f3a', width: 70, towards: '#f0a0b8', chroma: 0.7, lightness: 1.55 },
    { colour: '#4f8fd0', width: 45, chroma: 1.2, lightness: 0.62 },
  ],
  glow: 0.35,
  grain: 0.2,
})
