/** The look of materials and processes, in words of our own: none imitates a brand. */
import { createLook } from '../kit/look.ts'
import { addLightLeak } from '../kit/leak.ts'

export const filmNegative = createLook({
  name: 'film_negative',
  summary: 'Warm colour negative film: soft shoulders, creamy skin, fine coloured grain, red halos.',
  exposure: 0.18,
  contrast: 0.08,
  warmth: 0.22,
  chroma: 0.95,
  black: 0.045,
  white: 0.975,
  bands: [{ colour: '#5f8f3a', width: 50, towards: '#8a9a3a', chroma: 0.8 }],
  shadowTint: '#3a5a5a',
  lightTint: '#ffe2b8',
  tintStrength: 0.32,
  grain: 0.28,
  halation: 0.25,
})

export const filmSlide = createLook({
  name: 'film_slide',
  summary: 'Slide film: dense blacks, saturated reds and blues, hardly any grain.',
  exposure: -0.12,
  contrast: 0.34,
  chroma: 1.32,
  bands: [
    { colour: '#4f8fd0', width: 40, chroma: 1.15, lightness: 0.92 },
    { colour: '#d03030', width: 30, chroma: 1.12 },
  ],
  grain: 0.1,
})

export const filmMonochrome = createLook({
  name: 'film_monochrome',
  summary: 'Fast black and white film: strong contrast and clear grain.',
  contrast: 0.38,
  chroma: 0,
  black: 0.02,
  grain: 0.6,
  halation: 0,
  vignette: 0.15,
})

export const vintage = createLook({
  name: 'vintage',
  summary: 'An old colour print: faded blacks, yellowed lights, weak colours, grain.',
  contrast: -0.05,
  warmth: 0.4,
  chroma: 0.72,
  black: 0.1,
  white: 0.95,
  shadowTint: '#5a4a6a',
  lightTint: '#f5d9a0',
  tintStrength: 0.45,
  vignette: 0.3,
  grain: 0.35,
})

export const faded = createLook({
  name: 'faded',
  summary: 'Matte: lifted blacks, lowered whites, thin colours.',
  contrast: -0.15,
  chroma: 0.8,
  black: 0.15,
  white: 0.94,
  shadowTint: '#4a5a6a',
  tintStrength: 0.2,
})

export const bleachBypass = createLook({
  name: 'bleach_bypass',
  summary: 'Silver left in the print: hard contrast, half the colour.',
  contrast: 0.5,
  chroma: 0.42,
  shadowTint: '#2a3a44',
  tintStrength: 0.25,
  grain: 0.25,
})

export const crossProcess = createLook({
  name: 'cross_process',
  summary: 'Slide film in the wrong bath: green-yellow lights, blue shadows, loud colours.',
  contrast: 0.34,
  chroma: 1.25,
  tint: -0.25,
  warmth: 0.2,
  shadowTint: '#12206a',
  lightTint: '#e8f08a',
  tintStrength: 0.5,
  vignette: 0.3,
})

export const instantFilm = createLook({
  name: 'instant_film',
  summary: 'Instant film: milky blacks, cyan shadows, warm soft lights.',
  exposure: 0.15,
  contrast: 0.02,
  warmth: 0.15,
  chroma: 0.85,
  black: 0.1,
  white: 0.96,
  shadowTint: '#2f6a70',
  lightTint: '#ffe6c0',
  tintStrength: 0.42,
  vignette: 0.3,
  grain: 0.15,
  glow: 0.2,
})

export const lomo = createLook({
  name: 'lomo',
  summary: 'A toy camera: saturated, contrasty, very dark corners, a streak of stray light.',
  contrast: 0.3,
  chroma: 1.35,
  warmth: 0.12,
  shadowTint: '#1a2a5a',
  tintStrength: 0.3,
  vignette: 0.8,
  grain: 0.2,
  finish: (picture, seed) => addLightLeak(picture, { amount: 0.35, colour: '#ff5a2a', seed }),
})
