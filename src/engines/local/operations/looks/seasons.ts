/** Times of day and year, as grades only: no leaf, snowflake or star is added. */
import { createLook } from '../kit/look.ts'

const LEAVES = '#5f8f3a'
const SKY = '#4f8fd0'

export const goldenHour = createLook({
  name: 'golden_hour',
  summary: 'Low warm light: golden highlights, soft contrast, a glow.',
  exposure: 0.1,
  contrast: 0.12,
  warmth: 0.7,
  tint: 0.12,
  chroma: 1.1,
  shadowTint: '#5b3a4a',
  lightTint: '#ffc46b',
  tintStrength: 0.4,
  glow: 0.35,
  vignette: 0.15,
})

export const sunset = createLook({
  name: 'sunset',
  summary: 'Orange and rose light with violet shadows.',
  exposure: -0.25,
  contrast: 0.22,
  warmth: 0.6,
  tint: 0.3,
  chroma: 1.25,
  shadowTint: '#4a2a6a',
  lightTint: '#ff9a5a',
  tintStrength: 0.6,
  glow: 0.3,
  vignette: 0.2,
})

export const night = createLook({
  name: 'night',
  summary: 'Day for night: dark, blue and less colourful, with the lights kept.',
  exposure: -1.8,
  contrast: 0.3,
  warmth: -0.7,
  chroma: 0.6,
  shadowTint: '#06164a',
  lightTint: '#7fa8ff',
  tintStrength: 0.7,
  vignette: 0.35,
})

export const autumn = createLook({
  name: 'autumn',
  summary: 'Greens turn to rust and gold, the light is warm.',
  contrast: 0.12,
  warmth: 0.35,
  bands: [
    { colour: LEAVES, width: 62, towards: '#c8641e', chroma: 1.25 },
    { colour: SKY, width: 40, chroma: 0.7 },
  ],
  shadowTint: '#4a2d1d',
  tintStrength: 0.25,
})

export const winter = createLook({
  name: 'winter',
  summary: 'Pale, cold light with thin colours.',
  exposure: 0.25,
  contrast: 0.05,
  warmth: -0.5,
  chroma: 0.55,
  bands: [{ colour: LEAVES, width: 60, chroma: 0.35, lightness: 1.06 }],
  shadowTint: '#3a5a8a',
  lightTint: '#eaf3ff',
  tintStrength: 0.4,
})

export const spring = createLook({
  name: 'spring',
  summary: 'Fresh greens, light and airy tones.',
  exposure: 0.3,
  contrast: -0.05,
  tint: 0.06,
  chroma: 1.1,
  black: 0.04,
  bands: [{ colour: LEAVES, width: 55, towards: '#8fc63f', chroma: 1.3, lightness: 1.07 }],
  lightTint: '#fff2f6',
  tintStrength: 0.3,
})

export const summer = createLook({
  name: 'summer',
  summary: 'Bright sun: strong colours, blue skies, warm lights.',
  exposure: 0.2,
  contrast: 0.18,
  warmth: 0.2,
  chroma: 1.25,
  bands: [
    { colour: SKY, width: 40, towards: '#1f8fe0', chroma: 1.3 },
    { colour: LEAVES, width: 50, chroma: 1.2 },
  ],
  lightTint: '#fff0c8',
  tintStrength: 0.25,
})
